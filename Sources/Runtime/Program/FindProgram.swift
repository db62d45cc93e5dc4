import Base
import Linux

/// Finds the program as the user who will run it. It does so at `create`, so that a missing program is an error there.
/// It also allocates all the memory that execve will need: the seccomp filter may forbid allocating more.
struct FindProgram: InsideWork {
    static var word: StaticString { "find-program" }

    var arguments: [String]

    var summary: String { "find the program \(quoted(arguments.first ?? ""))" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let environment = session.environment
        let path = try ProgramSearch.find(
            arguments.first ?? "", path: environment.value(of: "PATH"), probe: { ProgramSearch.look(at: $0) })
        session.launch = Launch(
            path: path, name: arguments.first ?? "", arguments: CStringArray(arguments),
            environment: CStringArray(environment.entries), hint: ExecHint(path: path))
    }
}

/// The arguments of execve(2).
struct Launch: ~Copyable {
    let path: String
    /// args[0], for messages.
    let name: String
    let arguments: CStringArray
    let environment: CStringArray
    let hint: ExecHint?

    /// A launch without a program.
    static var none: Launch {
        Launch(path: "", name: "", arguments: CStringArray([]), environment: CStringArray([]), hint: nil)
    }

    /// Becomes the program; returns only if that fails, with the reason.
    borrowing func execute() -> Failure {
        let errno = execve(path, arguments: arguments, environment: environment)
        return Failure(
            "exec \(quoted(name))", cause: .init(call: "execve", errno: errno), hint: hint?.text(after: errno),
            code: errno == .ENOENT ? .programNotFound : .programNotExecutable)
    }
}
