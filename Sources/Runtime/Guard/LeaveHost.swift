import Base
import CShim
import Linux

/// Overwrites the runtime's arguments and environment, which tell about our caller, before any process in the container
/// can see this one. Otherwise every process that sees this one could read the arguments in /proc/PID/cmdline.
struct ForgetCaller: InsideWork, ProcessWork {
    static var word: StaticString { "forget-caller" }

    var summary: String { "overwrite the runtime's arguments and environment" }

    func perform() { ThisProcess.overwriteArgumentsAndEnvironment(title: "apus init") }
}

/// Closes what belongs to the host. This comes before a succession, because the child inherits its parent's
/// descriptors.
struct LeaveHost: InsideWork {
    static var word: StaticString { "leave-host" }

    /// Whether the standard streams stay, because the program gets them. Otherwise the program will have a terminal
    /// instead.
    var keepsStreams: Bool
    /// The descriptors that the caller opened for the program.
    var kept = KeptDescriptors.none

    var summary: String {
        let streams = keepsStreams ? "but those of the program" : "and the caller's standard streams"
        return "close every descriptor of the host, \(streams)"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.closeHostFiles()
        // Replace these three, do not close them: the next file opened would get a free number and pass for a stream of
        // the program.
        if !keepsStreams { for number in CInt(0)...2 { try dup3(session.channel.number, onto: number) } }
        try ThisProcess.closeRange(above: kept.last, except: session.numbers)
    }
}

/// Forbids tracing, so that no process in the container without CAP_SYS_PTRACE in the host's user namespace can trace
/// init or open its descriptors while it is still the runtime (runc CVE-2016-9962).
///
/// The host sets this before the clone, and init inherits it. But a change of user resets it (PR_SET_DUMPABLE(2const)).
/// So the process sets it again as the container's user, if others may already be in the container, or if it keeps
/// CAP_SYS_ADMIN while it waits.
struct ForbidTracing: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "forbid-tracing" }

    var summary: String { "forbid tracing of the runtime" }

    func perform() throws(Failure) { try ThisProcess.forbidTracing() }
}

/// Ends that again for a container whose owner is an ordinary user, when init is finished and has nothing of the host
/// any more but its start gate.
///
/// The files in /proc/PID of a process that forbids tracing belong to the host's root (proc(5)). So the owner could
/// neither record init's user namespace nor add a process to a container that is not started yet.
///
/// The host does it before init exists, too: to write init's id maps it needs the same. The kernel forbids tracing of a
/// program whose file the user may not read.
struct AllowOwner: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "allow-owner" }

    var summary: String { "let our own user, who is not root, write our id maps and join our namespaces" }

    func perform() throws(Failure) { try ThisProcess.allowTracing() }
}
