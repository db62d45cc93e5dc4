import Base
import Linux
import OCI

extension Namespace.Kind {
    /// The `CLONE_NEW*` bit.
    var flags: NamespaceFlags {
        switch self {
        case .pid: .pid
        case .network: .network
        case .mount: .mount
        case .ipc: .ipc
        case .uts: .uts
        case .user: .user
        case .cgroup: .cgroup
        case .time: .time
        }
    }

    /// Its file below /proc/PID/ns.
    var file: String {
        switch self {
        case .pid: "pid"
        case .network: "net"
        case .mount: "mnt"
        case .ipc: "ipc"
        case .uts: "uts"
        case .user: "user"
        case .cgroup: "cgroup"
        case .time: "time"
        }
    }
}

/// Joins a namespace in the host, before the clone, so that init is born in it. The host goes back afterwards.
///
/// A container in a user namespace needs this for every namespace that the host may join but a process in the user
/// namespace may not (setns(2): EPERM).
struct JoinAsHost: HostWork {
    static var word: StaticString { "join-as-host" }

    var kind: Namespace.Kind

    var summary: String { "join the \(kind.word) namespace, for init to be born in it" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let own = try session.proc.follow("self/ns/\(kind.file)", .readOnly)
        session.descriptors.put(own, at: .own(kind))
        let joined = session.descriptors.take(.joined(kind))
        try joined.setns(kind.flags, "the \(kind.word) namespace")
    }
}

/// Returns the host to its own namespace after the clone, for hooks and the caller.
struct ReturnToNamespace: HostWork {
    static var word: StaticString { "return-to-namespace" }

    var kind: Namespace.Kind

    var summary: String { "go back to the host's \(kind.word) namespace" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.descriptors.take(.own(kind)).setns(kind.flags, "the host's \(kind.word) namespace")
    }
}

/// Joins a namespace in init itself.
struct JoinInside: InsideWork {
    static var word: StaticString { "join" }

    var kind: Namespace.Kind

    var summary: String { "join the \(kind.word) namespace" + (kind == .pid ? ", for a child to be born in it" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.descriptors.take(.joined(kind)).setns(kind.flags, "the \(kind.word) namespace")
        // New credentials may have made us dumpable, and so traceable by processes of the container (prctl(2),
        // PR_SET_DUMPABLE).
        if kind == .user { try ThisProcess.forbidTracing() }
    }
}
