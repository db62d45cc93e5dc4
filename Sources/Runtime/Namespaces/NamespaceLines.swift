import Base
import Linux
import OCI

/// The lines of a script that make and join a container's namespaces, as ``NamespacePlan`` has decided.
struct NamespaceLines {
    let plan: NamespacePlan
    let linux: LinuxConfig
    /// What a new time namespace has its clocks set by.
    let offsets: [ClockOffset]
    /// Whether the supplementary groups of the caller stay (``UserIdentity/keepGroups``).
    let keepsGroups: Bool
    /// Whether the runtime itself is in a user namespace, which may forbid to change groups.
    let isInUserNamespace: Bool

    /// Opens those that are given by path.
    var open: [Placed<HostStep>] {
        plan.joined.map { joined in
            let sysctl = (linux.sysctl ?? [:]).first { SysctlPlanning.namespace(ofName: $0.key) == joined.kind }
            let opening = OpenNamespace(kind: joined.kind, path: joined.path, sysctl: sysctl?.key)
            return host(.openNamespace(opening), joined.pointer)
        }
    }

    /// The host joins what init is to be born in.
    var joinForBirth: [Placed<HostStep>] {
        plan.joinedByHost.map { host(.joinAsHost(JoinAsHost(kind: $0.kind)), $0.pointer) }
    }

    var newTime: Placed<HostStep>? {
        guard plan.newTime else { return nil }
        return host(.newTimeNamespace(NewTimeNamespace(offsets: offsets)), plan.pointer(of: .time))
    }

    /// The host's own namespaces that the host needs after the clone.
    var left: [Namespace.Kind] { plan.joinedByHost.map { $0.kind } + (plan.newTime ? [.time] : []) }

    /// The host goes back to its own, once init is born.
    var goBack: [Placed<HostStep>] { left.map { host(.returnToNamespace(ReturnToNamespace(kind: $0))) } }

    /// Into the user namespace, with what has to be done before with the host's rights, and what may only be done in it.
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

    /// The host writes the id maps of a new user namespace, or compares those of a joined one, once init is in it.
    @Lines private var mapIDs: [Line] {
        let maps = IDMaps(uids: linux.uidMappings ?? [], gids: linux.gidMappings ?? [])
        // A succession, and a clone into a new one, are seen by the host anyway.
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

    /// Init joins what nobody need be born in.
    var joinInside: [Placed<InsideStep>] {
        plan.joinedInside.map { inside(.join(JoinInside(kind: $0.kind)), $0.pointer) }
    }

    var newCgroup: Placed<InsideStep>? {
        plan.newCgroup ? inside(.newCgroupNamespace(NewCgroupNamespace()), plan.pointer(of: .cgroup)) : nil
    }

    var raiseLoopback: Placed<InsideStep>? {
        plan.isNew(.network) ? inside(.raiseLoopback(RaiseLoopback()), plan.pointer(of: .network)) : nil
    }

    /// Into a pid namespace that is there already, once all is done that others in it must not see.
    ///
    /// - Parameter leaving: What init lets go of before.
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
    /// With mappings for a new user namespace that has none: root alone, as crun gives it one.
    var withDefaultMappings: LinuxConfig {
        let isNew = (namespaces ?? []).contains { $0.type == .user && $0.path?.isEmpty ?? true }
        guard isNew, uidMappings?.isEmpty ?? true, gidMappings?.isEmpty ?? true else { return self }
        var copy = self
        copy.uidMappings = [IDMapping { $0.size = 1 }]
        copy.gidMappings = copy.uidMappings
        return copy
    }
}
