import Base
import Linux

/// A line of both sides: the process that walks inside makes a child, which goes on in its place as init, or as the process of
/// `exec`; the first one is gone.
///
/// A pid namespace is entered by being born in it (setns(2), pid_namespaces(7)). While a process of the runtime is set up it has
/// the host's root, and descriptors of the host, for a time. In a pid namespace that is there already, others would see all of
/// that below /proc/PID, without any privilege its mounts, and with CAP_SYS_PTRACE its root and descriptors too. So a process that
/// nobody in there sees does all of it, and the child is born finished.
///
/// The child is made as a sibling (CLONE_PARENT), so that the host is its parent.
struct Succession: Equatable {
    /// Those that are made new for the child.
    var namespaces: NamespaceFlags = []

    var summary: String {
        let words = namespaces.words.joined(separator: ", ")
        return "succession  a child goes on in init's place"
            + (words.isEmpty ? ", in the pid namespace that was joined" : " with new namespaces: \(words)")
    }
}

/// A step before a succession: what is the host's is closed, for the child is born with what its parent has.
struct LeaveHost: Equatable {
    /// Whether the standard streams stay, which the program gets; else it will have a terminal for them.
    var keepsStreams: Bool
    /// What the caller opened for the program.
    var kept = KeptDescriptors.none

    var summary: String {
        let streams = keepsStreams ? "but those of the program" : "and the caller's standard streams"
        return "close every descriptor of the host, \(streams)"
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        session.closeHostFiles()
        // None may be closed: what is opened next would get its number, and pass for a stream of the program.
        if !keepsStreams { for number in CInt(0)...2 { try dup3(session.channel.number, onto: number) } }
        try ThisProcess.closeRange(above: kept.last, except: session.numbers)
    }
}

/// A step: namespaces that init makes for itself, since it had to join others first.
struct UnshareNamespaces: Equatable {
    var namespaces: NamespaceFlags

    var summary: String { "make new namespaces: \(namespaces.words.joined(separator: ", "))" }

    func perform() throws(Failure) {
        try unshare(namespaces)
        // Another set of credentials may have made us dumpable (prctl(2), PR_SET_DUMPABLE).
        if namespaces.contains(.user) { try ThisProcess.forbidTracing() }
    }
}

/// A step: the caller's supplementary groups go before a user namespace is joined, which may forbid to change them (`setgroups`,
/// user_namespaces(7)): else the container would have them for good.
struct ClearGroups: Equatable {
    /// Whether we are in a user namespace that may forbid it already: then they were not ours to give away.
    var isOptional: Bool

    var summary: String { "let go of the caller's supplementary groups" }

    func perform() throws(Failure) {
        do throws(Failure) { try Identity.setgroups([]) } catch  where isOptional && error.errno == .EPERM {}
    }
}

/// A step with which a process of the runtime lets go of what the container must not see.
enum Departure: Equatable {
    /// What our caller said to the runtime, in arguments and environment, is overwritten before anybody in the container can see
    /// this process.
    case forgetCaller
    case leaveHost(LeaveHost)

    var summary: String {
        switch self {
        case .forgetCaller: "overwrite the runtime's arguments and environment"
        case .leaveHost(let step): step.summary
        }
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        switch self {
        case .forgetCaller: ThisProcess.forgetArguments(as: "apus init")
        case .leaveHost(let step): try step.perform(&session)
        }
    }
}
