import Base
import Linux
import OCI

/// The lines of a script that make and join a container's namespaces, as ``NamespacePlan`` decided.
struct NamespaceLines {
    let plan: NamespacePlan
    let linux: LinuxConfig
    /// The offsets for the clocks of a new time namespace.
    let offsets: [ClockOffset]
    /// Whether the supplementary groups of the caller stay (``UserIdentity/keepGroups``).
    let keepsGroups: Bool
    /// Whether the runtime itself is in a user namespace, which may forbid changing groups.
    let isInUserNamespace: Bool

    /// Opens the namespaces that are given by path.
    var open: [Placed<HostStep>] {
        plan.joined.map { joined in
            let sysctl = (linux.sysctl ?? [:]).first { SysctlPlanning.namespace(ofName: $0.key) == joined.kind }
            let opening = OpenNamespace(kind: joined.kind, path: joined.path, sysctl: sysctl?.key)
            return host(.openNamespace(opening), joined.pointer)
        }
    }

    /// Joins, in the host, the namespaces that init is born in.
    var joinForBirth: [Placed<HostStep>] {
        plan.joinedByHost.map { host(.joinAsHost(JoinAsHost(kind: $0.kind)), $0.pointer) }
    }

    var newTime: Placed<HostStep>? {
        guard plan.newTime else { return nil }
        return host(.newTimeNamespace(NewTimeNamespace(offsets: offsets)), plan.pointer(of: .time))
    }

    /// The kinds of which the host must keep its own namespace, to go back to it after the clone.
    var left: [Namespace.Kind] { plan.joinedByHost.map { $0.kind } + (plan.newTime ? [.time] : []) }

    /// Returns the host to its own namespaces after init is born.
    var goBack: [Placed<HostStep>] { left.map { host(.returnToNamespace(ReturnToNamespace(kind: $0))) } }

    /// Enters the user namespace. Steps that need the host's rights come before it: in the user namespace init has
    /// rights only over namespaces that it owns (user_namespaces(7)). New namespaces come after it, so that it owns
    /// them.
    @Lines var enterUserNamespace: [Line] {
        if plan.joins(.user) != nil, !keepsGroups {
            inside(.clearGroups(ClearGroups(isOptional: isInUserNamespace)))
        }
        if plan.hasUser { join(.pid) }
        join(.user)
        if plan.madeLater.contains(.pid) {
            Line.succession(Succession(namespaces: plan.madeLater))
        } else if !plan.madeLater.isEmpty {
            inside(.unshare(UnshareNamespaces(namespaces: plan.madeLater)))
        }
        mapIDs
    }

    /// Has the host write the id maps of a new user namespace, or compare those of a joined one, after init has
    /// entered it.
    @Lines private var mapIDs: [Line] {
        let maps = IDMaps(uids: linux.uidMappings ?? [], gids: linux.gidMappings ?? [])
        // The host notices a succession, and a clone into a new user namespace, without a message.
        let isSeen = plan.madeLater.contains(.pid) || plan.madeLater.isEmpty && plan.joins(.user) == nil
        let isNew = plan.isNew(.user)
        if isNew || !maps.uids.isEmpty || !maps.gids.isEmpty {
            if !isSeen { sync(.entered, from: .inside) }
            if isNew {
                host(.mapIDs(maps), "/linux/uidMappings")
                sync(.mapped, from: .host)
            } else {
                host(.checkIDMaps(CheckIDMaps(uids: maps.uids, gids: maps.gids)), plan.pointer(of: .user))
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
        plan.isNew(.network) ? inside(.raiseLoopback(RaiseLoopback()), plan.pointer(of: .network)) : nil
    }

    /// Enters a pid namespace that exists already, after everything that other processes in it must not see.
    ///
    /// - Parameter leaving: What init drops before.
    @Lines
    func succeed(_ leaving: LeaveHost) -> [Line] {
        if plan.joins(.pid) != nil {
            if !plan.hasUser { join(.pid) }
            inside(.leaveHost(leaving))
            Line.succession(Succession())
            inside(.startSession(StartSession()))
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
