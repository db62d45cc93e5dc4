import Base
import Linux

/// Finds the program as the user who will run it, at `create`, so that a missing one is an error there, and makes all
/// memory that execve will need: after seccomp there may be no more of it.
struct FindProgram: Equatable {
    var arguments: [String]

    var summary: String { "find the program \(quoted(arguments.first ?? ""))" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let environment = session.environment
        let path = try ProgramSearch.find(
            arguments.first ?? "", path: environment.value(of: "PATH"), probe: { ProgramSearch.look(at: $0) })
        session.launch = Launch(
            path: path, name: arguments.first ?? "", arguments: CStringArray(arguments),
            environment: CStringArray(environment.entries), hint: ExecHint(path: path))
    }
}

/// What execve(2) gets.
struct Launch: ~Copyable {
    let path: String
    /// args[0], for messages.
    let name: String
    let arguments: CStringArray
    let environment: CStringArray
    let hint: ExecHint?

    /// Nothing to start yet.
    static var none: Launch {
        Launch(path: "", name: "", arguments: CStringArray([]), environment: CStringArray([]), hint: nil)
    }

    /// Becomes the program; returns only to say why not.
    borrowing func execute() -> Failure {
        let errno = Linux.execute(path, arguments: arguments, environment: environment)
        return Failure(
            "exec \(quoted(name))", cause: .init(call: "execve", errno: errno), hint: hint?.text(after: errno),
            code: errno == .ENOENT ? .programNotFound : .programNotExecutable)
    }
}

/// Waits at the gate until `start` opens it.
struct WaitForStart: Equatable {
    var summary: String { "wait for start" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        // From here on nothing is resolved in the root any more, and the wait may be long.
        session.closeFiles()
        try StartGate.wait(at: session.gate)
    }
}

/// The last step: closes what is left of the runtime, loads the seccomp filter if it comes this late, becomes the program.
///
/// With noNewPrivileges the filter is loaded here, where the program's own calls are nearly all that it has to allow.
struct Execute: Equatable {
    var loadsFilter: Bool
    /// What stays open.
    var kept = KeptDescriptors.none
    /// Whether config.json has a seccomp profile, which may forbid execve(2) itself.
    var isFiltered = false

    var summary: String {
        (loadsFilter ? "load the seccomp filter, " : "") + "close every descriptor from \(kept.last + 1) on, execve"
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        // By number, and now: a path of the program could lead through one that only execve closes (CVE-2024-21626). The gate,
        // or without one the channel, stays for a last word; it is close-on-exec.
        try ProcessAttribute.closeDescriptors(
            above: kept.last, except: session.gate.isOpen ? session.gate.number : session.channel.number)
        if loadsFilter, let filter = session.filter { try filter.load() }
        let failure = session.launch.execute()
        guard isFiltered, failure.errno == .EPERM || failure.errno == .ENOSYS else { throw failure }
        throw failure.hinting("the seccomp profile, /linux/seccomp, may not allow execve")
    }
}
