import Base
import Linux
import OCI

/// Which namespaces a container has, and who makes or joins each (config-linux.md, "Namespaces").
struct NamespacePlan {
    /// Those that are made new by the clone.
    private(set) var cloned: NamespaceFlags = []
    /// Whether a cgroup namespace is made.
    private(set) var newCgroup = false
    /// Whether a time namespace is made.
    private(set) var newTime = false
    /// Those that are joined, in the order of config.json.
    private(set) var joined: [Joined] = []
    /// Where each stands in config.json.
    private var pointers: [(kind: Namespace.Kind, pointer: String)] = []

    struct Joined: Equatable {
        var kind: Namespace.Kind
        var path: String
        var pointer: String
    }

    init(_ namespaces: [Namespace], _ refuse: Refuse = throwing) throws(Failure) {
        for (index, namespace) in namespaces.enumerated() {
            let pointer = "/linux/namespaces/\(index)"
            guard !pointers.contains(where: { $0.kind == namespace.type }) else {
                try refuse(
                    Failure(
                        "malformed spec file: duplicated ns \(quoted(namespace.type.word))", pointer: pointer,
                        code: .duplicateNamespace))
                continue
            }
            pointers.append((namespace.type, pointer))
            guard let path = namespace.path, !path.isEmpty else {
                switch namespace.type {
                case .cgroup: newCgroup = true
                case .time: newTime = true
                default: cloned.formUnion(namespace.type.flags)
                }
                continue
            }
            guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
                try refuse(
                    Failure("a namespace's path must be absolute", pointer: "\(pointer)/path", code: .relativePath))
                continue
            }
            joined.append(Joined(kind: namespace.type, path: path, pointer: pointer))
        }
        guard let mount = joins(.mount), isNew(.user) else { return }
        // setns(2): that takes CAP_SYS_ADMIN over the user namespace that owns it, and a new one owns nothing yet.
        try refuse(
            Failure(
                "a mount namespace by path cannot be joined from a new user namespace", pointer: mount.pointer,
                hint: "join its user namespace too, or leave out {\"type\": \"user\"}", code: .conflict))
    }

    /// Whether init is in a user namespace other than the runtime's.
    var hasUser: Bool { cloned.contains(.user) || joins(.user) != nil }

    func joins(_ kind: Namespace.Kind) -> Joined? { joined.first { $0.kind == kind } }

    /// Whether the container has one of its own, new or joined.
    func has(_ kind: Namespace.Kind) -> Bool { isNew(kind) || joins(kind) != nil }

    /// Whether it is made new.
    func isNew(_ kind: Namespace.Kind) -> Bool {
        switch kind {
        case .cgroup: newCgroup
        case .time: newTime
        default: cloned.contains(kind.flags)
        }
    }

    /// Those that the clone makes for the first process inside. It makes none if that has to join others first, with the host's
    /// rights: a user namespace by path; and with a new one a pid namespace by path.
    var born: NamespaceFlags { joins(.user) != nil || isNew(.user) && joins(.pid) != nil ? [] : cloned }

    /// Those that it makes later: for its child if a pid namespace is among them, in which only a child can be, else for itself.
    var madeLater: NamespaceFlags { cloned.subtracting(born) }

    /// Those that the host joins for init to be born in: a time namespace, as it does with a new one; with a user namespace all that
    /// the host may join and a process in it may not. A mount namespace is never among them: with it the host would lose its own
    /// root. Nor is a pid namespace, in which init must not be seen before it is finished (``Succession``).
    var joinedByHost: [Joined] {
        joined.filter {
            $0.kind == .time || hasUser && $0.kind != .user && $0.kind != .mount && $0.kind != .pid
        }
    }

    /// Those that init joins itself.
    var joinedInside: [Joined] {
        joined.filter { $0.kind != .pid && $0.kind != .time && $0.kind != .user && (!hasUser || $0.kind == .mount) }
    }

    /// Where config.json asks for one; "" if it does not.
    func pointer(of kind: Namespace.Kind) -> String { pointers.first { $0.kind == kind }?.pointer ?? "" }
}
