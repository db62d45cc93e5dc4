import Base
import Linux
import OCI

/// Opens a namespace given by path, and checks that it is a namespace of the kind in config.json. For another kind, or
/// another file, setns(2) would answer only EINVAL.
struct OpenNamespace: HostWork {
    static var word: StaticString { "open-namespace" }

    var kind: Namespace.Kind
    var path: String
    /// A sysctl that is to be written in it. Then it must not be the host's own namespace under another name.
    var sysctl: String?

    var summary: String {
        "open the \(kind.word) namespace \(path)" + (sysctl == nil ? "" : ", which must not be the host's")
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        let file: Descriptor
        do throws(Failure) { file = try open(path, [.readOnly, .nonBlocking]) } catch {
            throw error.hinting("the namespace's process may have ended: a path below /proc goes with it")
        }
        guard let found = file.namespaceKind() else { throw Failure("\(path) is not a namespace") }
        guard found == kind.flags else {
            throw Failure("\(path) is not a \(kind.word) namespace, but one of another type")
        }
        if let sysctl, try isHostsOwn(file, session.proc) {
            throw Failure(
                "sysctl \(quoted(sysctl)) is not allowed in the host's \(kind.word) namespace",
                pointer: "/linux/sysctl/\(JSONPointer.token(sysctl))", hint: "it would change the host: set it there")
        }
        if kind == .user { session.record.userNamespace = try file.status().inode }
        session.descriptors.put(file, at: .joined(kind))
    }

    private func isHostsOwn(_ file: borrowing Descriptor, _ proc: borrowing Proc) throws(Failure) -> Bool {
        let own = try proc.follow("self/ns/\(kind.file)", .readOnly)
        return try file.status().inode == own.status().inode
    }
}

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
