import Base
import Linux
import OCI

/// Decides which namespaces a container has, and who makes or joins each (config-linux.md, "Namespaces").
struct NamespacePlan {
    /// The new namespaces other than cgroup and time. ``born`` says which of them the clone makes, and ``madeLater`` which
    /// init makes.
    private(set) var new: NamespaceFlags = []
    /// Whether init makes a cgroup namespace. It is not in ``new``: the clone cannot make it right
    /// (``NewCgroupNamespace``).
    private(set) var newCgroup = false
    /// Whether the host makes a time namespace. It is not in ``new``: its clocks must be set while it is
    /// empty (``NewTimeNamespace``).
    private(set) var newTime = false
    /// The namespaces that are joined, in the order of config.json.
    private(set) var joined: [Joined] = []
    /// Whether the host may join namespaces and make some before init exists. Otherwise only init may, as the root of
    /// its user namespace.
    private let isPrivileged: Bool
    /// The place of each kind in config.json.
    private var pointers: [(kind: Namespace.Kind, pointer: String)] = []

    struct Joined: Equatable {
        var kind: Namespace.Kind
        var path: String
        var pointer: String
    }

    init(_ namespaces: [Namespace], isPrivileged: Bool = true, _ refuse: Refuse = throwing) throws(Failure) {
        self.isPrivileged = isPrivileged
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
                default: new.formUnion(namespace.type.flags)
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
        // setns(2) wants CAP_SYS_ADMIN in the user namespace that owns the mount namespace. A new user namespace owns
        // nothing yet.
        try refuse(
            Failure(
                "a mount namespace by path cannot be joined from a new user namespace", pointer: mount.pointer,
                hint: "join its user namespace too, or leave out {\"type\": \"user\"}", code: .conflict))
    }

    /// Whether init is in a user namespace other than the runtime's.
    var hasUser: Bool { new.contains(.user) || joins(.user) != nil }

    func joins(_ kind: Namespace.Kind) -> Joined? { joined.first { $0.kind == kind } }

    /// Whether the container has a namespace of this kind of its own, new or joined.
    func has(_ kind: Namespace.Kind) -> Bool { isNew(kind) || joins(kind) != nil }

    /// Whether the namespace of this kind is new.
    func isNew(_ kind: Namespace.Kind) -> Bool {
        switch kind {
        case .cgroup: newCgroup
        case .time: newTime
        default: new.contains(kind.flags)
        }
    }

    /// The namespaces that the clone makes for the first process inside. There are none if that process must first
    /// join others with the host's rights: a user namespace by path, or a pid namespace by path together with a new
    /// user namespace.
    var born: NamespaceFlags { joins(.user) != nil || isNew(.user) && joins(.pid) != nil ? [] : new }

    /// The namespaces that the first process makes later. If a pid namespace is among them, it makes them for its
    /// child, since only a child can be in a new pid namespace; otherwise for itself.
    var madeLater: NamespaceFlags { new.subtracting(born) }

    /// The namespaces that the host joins before init is born. Among them is a time namespace: setns(2) would change it
    /// for children only. With a user namespace there are also all those that the host may join but a process in the user namespace may not. A
    /// mount namespace is never among them, since the host would lose its own root. Nor is a pid namespace, in which
    /// init must not be visible before it is finished (``Succession``).
    var joinedByHost: [Joined] {
        guard isPrivileged else { return [] }
        return joined.filter {
            $0.kind == .time || hasUser && $0.kind != .user && $0.kind != .mount && $0.kind != .pid
        }
    }

    /// The namespaces that init joins itself.
    var joinedInside: [Joined] {
        guard isPrivileged else { return joined.filter { $0.kind != .pid && $0.kind != .user } }
        return joined.filter {
            $0.kind != .pid && $0.kind != .time && $0.kind != .user && (!hasUser || $0.kind == .mount)
        }
    }

    /// Whether init joins the pid namespace before its user namespace, with the host's rights. Otherwise it has the
    /// rights only afterwards.
    var joinsPIDFirst: Bool { hasUser && isPrivileged }

    /// Whether init makes the time namespace, since the host may not.
    var newTimeInside: Bool { newTime && !isPrivileged }

    /// The pointer of the entry in config.json; "" if there is no entry.
    func pointer(of kind: Namespace.Kind) -> String { pointers.first { $0.kind == kind }?.pointer ?? "" }
}

/// The lines of a script that make and join a container's namespaces, as ``NamespacePlan`` decided.
struct NamespaceLines {
    let plan: NamespacePlan
    let linux: LinuxConfig
    /// The offsets for the clocks of a new time namespace.
    let offsets: [ClockOffset]
    /// Whether the supplementary groups of the caller stay (``UserIdentity/keepGroups``).
    let keepsGroups: Bool
    let host: HostFacts

    /// Opens the namespaces that are given by path.
    var open: [Placed<HostStep>] {
        plan.joined.map { joined in
            let sysctl = (linux.sysctl ?? [:]).first { SysctlPlanning.namespace(ofName: $0.key) == joined.kind }
            let opening = OpenNamespace(kind: joined.kind, path: joined.path, sysctl: sysctl?.key)
            return Runtime.host(.openNamespace(opening), joined.pointer)
        }
    }

    /// Joins, in the host, the namespaces that init is born in.
    var joinForBirth: [Placed<HostStep>] {
        plan.joinedByHost.map { Runtime.host(.joinAsHost(JoinAsHost(kind: $0.kind)), $0.pointer) }
    }

    var newTime: Placed<HostStep>? {
        guard plan.newTime, !plan.newTimeInside else { return nil }
        return Runtime.host(.newTimeNamespace(NewTimeNamespace(offsets: offsets)), plan.pointer(of: .time))
    }

    /// The same by init, which then enters it.
    var newTimeInside: Placed<InsideStep>? {
        guard plan.newTimeInside else { return nil }
        return inside(.newTimeNamespace(NewTimeNamespace(offsets: offsets)), plan.pointer(of: .time))
    }

    /// The kinds of which the host must keep its own namespace, to go back to it after the clone.
    var left: [Namespace.Kind] { plan.joinedByHost.map { $0.kind } + (newTime == nil ? [] : [.time]) }

    /// Returns the host to its own namespaces after init is born.
    var goBack: [Placed<HostStep>] { left.map { Runtime.host(.returnToNamespace(ReturnToNamespace(kind: $0))) } }

    /// Enters the user namespace. Steps that need the host's rights come before it: in the user namespace init has
    /// rights only over namespaces that it owns (user_namespaces(7)). New namespaces come after it, so that it owns
    /// them.
    @Lines var enterUserNamespace: [Line] {
        if plan.joins(.user) != nil, !keepsGroups {
            inside(.clearGroups(ClearGroups(isOptional: host.mayLackGroups)))
        }
        if plan.joinsPIDFirst { join(.pid) }
        join(.user)
        if plan.hasUser, !plan.joinsPIDFirst { join(.pid) }
        if plan.madeLater.contains(.pid) {
            Line.succession(Succession(namespaces: plan.madeLater))
        } else if !plan.madeLater.isEmpty {
            inside(.unshare(UnshareNamespaces(namespaces: plan.madeLater)))
        }
        mapIDs
        newTimeInside
    }

    /// Has the host write the id maps of a new user namespace, or compare those of a joined one, after init has
    /// entered it.
    @Lines private var mapIDs: [Line] {
        let maps = IDMaps(linux, on: host)
        // The host notices a succession, and a clone into a new user namespace, without a message.
        let isSeen = plan.madeLater.contains(.pid) || plan.madeLater.isEmpty && plan.joins(.user) == nil
        let isNew = plan.isNew(.user)
        if isNew || !maps.uids.isEmpty || !maps.gids.isEmpty {
            if !isSeen { sync(.entered, from: .inside) }
            if isNew {
                Runtime.host(.mapIDs(maps), "/linux/uidMappings")
                sync(.mapped, from: .host)
            } else {
                Runtime.host(.checkIDMaps(CheckIDMaps(uids: maps.uids, gids: maps.gids)), plan.pointer(of: .user))
            }
        }
    }

    var becomeRoot: Placed<InsideStep>? {
        plan.hasUser ? inside(.becomeRoot(BecomeRoot()), "/linux/uidMappings") : nil
    }

    /// Joins, in init, the namespaces that a process can enter without being born in them.
    var joinInside: [Placed<InsideStep>] {
        plan.joinedInside.map { inside(.join(JoinInside(kind: $0.kind)), $0.pointer) }
    }

    var newCgroup: Placed<InsideStep>? {
        plan.newCgroup ? inside(.newCgroupNamespace(NewCgroupNamespace()), plan.pointer(of: .cgroup)) : nil
    }

    var raiseLoopback: Placed<InsideStep>? {
        guard plan.isNew(.network), plan.hasUser || host.managesNetworks else { return nil }
        return inside(.raiseLoopback(RaiseLoopback()), plan.pointer(of: .network))
    }

    /// Enters a pid namespace that exists already, after everything that other processes in it must not see.
    ///
    /// - Parameter leaving: What init drops before.
    @Lines
    func enterPID(_ leaving: LeaveHost) -> [Line] {
        if plan.joins(.pid) != nil {
            if !plan.hasUser { join(.pid) }
            inside(.leaveHost(leaving))
            Line.succession(Succession())
            // The first process has reset the signals; its child inherits that.
            inside(.startSession(StartSession(ignoredSignals: 0)))
        }
    }

    private func join(_ kind: Namespace.Kind) -> Placed<InsideStep>? {
        plan.joins(kind).map { inside(.join(JoinInside(kind: kind)), $0.pointer) }
    }
}

extension LinuxConfig {
    /// Returns a copy with mappings for a new user namespace that has none: root alone, as in crun.
    var withDefaultMappings: LinuxConfig {
        let isNew = (namespaces ?? []).contains { $0.type == .user && $0.path?.isEmpty ?? true }
        guard isNew, uidMappings?.isEmpty ?? true, gidMappings?.isEmpty ?? true else { return self }
        var copy = self
        copy.uidMappings = [IDMapping { $0.size = 1 }]
        copy.gidMappings = copy.uidMappings
        return copy
    }
}
