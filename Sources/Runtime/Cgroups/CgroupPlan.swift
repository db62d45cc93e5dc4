import Base
import Linux
import OCI

/// The steps for the container's cgroup and its limits, decided from config.json.
struct CgroupPlan {
    let make: Placed<HostStep>?
    /// After init is born in it.
    let release: Placed<HostStep>?
    let limits: [Placed<HostStep>]
    let filterDevices: Placed<HostStep>?
    private(set) var warnings: [Failure]

    /// - Parameters:
    ///   - place: Where the cgroup is; nil if no cgroup is made (`--cgroup-manager disabled`).
    ///   - owner: The user who gets it; nil if it stays ours.
    ///   - isRootless: Whether the container may run without a cgroup if nobody chose a path.
    init(
        _ linux: LinuxConfig, at place: CgroupPlace?, owner: UInt32?, isRootless: Bool, on host: HostFacts,
        _ refuse: Refuse
    ) throws(Failure) {
        let resources = try ResourcePlan(linux, refuse)
        warnings = resources.warnings.map(Failure.init)
        guard let place else {
            (make, release, limits, filterDevices) = (nil, nil, [], nil)
            try noteMissingCgroup(resources, linux, refuse)
            return
        }
        let pointer = linux.cgroupsPath == nil ? "" : "/linux/cgroupsPath"
        var files = resources.files
        let owner = host.isPrivileged || owner == host.user ? owner : nil
        switch place.manager {
        case .none:
            let isFree = linux.cgroupsPath?.isEmpty ?? true
            let making = MakeCgroup(
                path: place.path, controllers: resources.controllers, checks: resources.checks,
                owner: owner, own: host.isPrivileged ? nil : host.ownCgroup,
                need: !isFree ? .always : isRootless ? .unlessForbidden : .unlessReadOnly)
            make = Runtime.host(.makeCgroup(making), pointer)
            release = nil
        case .systemd(let unit, let facts, let environment, let chosen):
            let limits = UnitLimits(resources.files, version: facts.version)
            files = limits.files
            let starting = StartUnit(
                unit: unit, path: place.path, properties: limits.properties + chosen,
                controllers: resources.controllers, checks: resources.checks, owner: owner, isUser: facts.isUser,
                environment: environment)
            make = Runtime.host(.startUnit(starting), pointer)
            release = unit.isSlice ? nil : Runtime.host(.releaseUnit(ReleaseUnit()))
        }
        limits = WriteCgroup.groups(files).map { group in
            Runtime.host(.writeCgroup(group), group.files[0].pointer)
        }
        // The kernel refuses the filter to an ordinary user. To deny all devices but the usual ones is the default, and
        // there are no others in the container.
        let isSilent = !host.isPrivileged && !(linux.resources?.devices ?? []).contains { !$0.isGeneral }
        filterDevices =
            isSilent
            ? nil
            : resources.devices.map { rules in
                let step = FilterDevices(rules: rules, isOptional: host.isInUserNamespace || !host.isPrivileged)
                return Runtime.host(
                    .filterDevices(step), linux.resources?.devices == nil ? "" : "/linux/resources/devices")
            }
    }

    /// Refuses limits if the container has no cgroup of its own: they would apply to the caller.
    private mutating func noteMissingCgroup(
        _ resources: ResourcePlan, _ linux: LinuxConfig, _ refuse: Refuse
    ) throws(Failure) {
        if let limit = resources.files.first {
            try refuse(
                Failure(
                    "\(limit.name) cannot be set: no cgroup is made", pointer: limit.pointer,
                    hint: "--cgroup-manager disabled was given", code: .conflict))
        }
        guard linux.resources?.devices?.isEmpty == false else { return }
        warnings.append(
            Failure(
                "device rules have no effect: no cgroup is made", pointer: "/linux/resources/devices", code: .noEffect))
    }

    /// The user who gets the cgroup, so that the container can manage it; nil if the cgroup stays with the host's root.
    /// It is the container's user if the container has its own cgroup namespace and mounts its cgroup writable
    /// (config-linux.md, "Cgroup ownership").
    static func owner(_ config: Config, _ linux: LinuxConfig, _ namespaces: NamespacePlan) -> UInt32? {
        let isWritable = (config.mounts ?? []).contains { mount in
            (mount.type == "cgroup" || mount.type == "cgroup2") && Path.cleaned(mount.destination) == "/sys/fs/cgroup"
                && !MountOptions(mount.options ?? []).set.contains(.readOnly)
        }
        guard namespaces.newCgroup, isWritable else { return nil }
        let uid = config.process?.user.uid ?? 0
        guard namespaces.hasUser else { return uid == 0 ? nil : uid }
        return (linux.uidMappings ?? []).first { $0.containerID <= uid && uid - $0.containerID < $0.size }
            .map { $0.hostID &+ (uid - $0.containerID) }
    }
}

extension DeviceRule {
    /// Whether the rule is for all devices.
    fileprivate var isGeneral: Bool { (type ?? "a") == "a" && major == nil && minor == nil }
}
