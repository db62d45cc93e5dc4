import Base
import Linux

/// Waits at the gate until `start` opens it.
struct WaitForStart: InsideWork {
    static var word: StaticString { "wait-for-start" }

    var summary: String { "wait for start" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        // No path is resolved through the root's descriptor after this, and the wait may be long.
        session.closeFiles()
        session.starter = try StartGate.wait(at: session.gate)
    }
}

/// Does what comes after the wait in a container that waits for no `start`, as with `run`.
struct LeaveRoot: InsideWork {
    static var word: StaticString { "leave-root" }

    var summary: String { "close the root" }

    func perform(_ session: inout InsideSide) { session.closeFiles() }
}

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

/// Closes the rest of the runtime's descriptors, loads the seccomp filter, and becomes the program. It is the last
/// step.
struct Execute: InsideWork {
    static var word: StaticString { "execute" }
    static var isLast: Bool { true }

    var confinement = Confinement()
    /// The descriptors that stay open.
    var kept = KeptDescriptors.none
    /// Whether config.json has a seccomp profile, which may forbid execve(2) itself.
    var isFiltered = false

    var summary: String {
        "close every descriptor from \(kept.last + 1) on, \(confinement.summary)execve"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        // Closed by number, and now: a path of the program could lead through a descriptor that only execve closes
        // (CVE-2024-21626). One stays open for a last message, to `start`, or without it to the host. Both are
        // close-on-exec.
        try ThisProcess.closeRange(
            above: kept.last, except: [session.starter.isOpen ? session.starter.number : session.channel.number])
        // No memory is allocated after this, unless a call fails: the filter may forbid the calls for it.
        let last = confinement.grant?.sets
        if confinement.loadsFilter, let filter = session.filter {
            do throws(Failure) { try filter.load() } catch { throw error.at("/linux/seccomp") }
        }
        if let last { try last.reduce() }
        let failure = session.launch.execute()
        guard isFiltered, failure.errno == .EPERM || failure.errno == .ENOSYS else { throw failure }
        throw failure.hinting("the seccomp profile, /linux/seccomp, may not allow execve")
    }
}
