import Base
import Linux
import OCI

/// The container's cgroup with its limits, decided from config.json.
struct CgroupPlan {
    let make: Placed<HostStep>?
    let limits: [Placed<HostStep>]
    let filterDevices: Placed<HostStep>?
    private(set) var warnings: [Failure]

    /// - Parameters:
    ///   - path: Where the cgroup is; nil if none is made (`--cgroup-manager disabled`).
    ///   - owner: Whom it is given to; nil if it stays ours.
    ///   - isRootless: Whether the container may be without one that nobody chose the path of.
    init(
        _ linux: LinuxConfig, at path: CgroupPath?, owner: UInt32?, isRootless: Bool, on host: HostFacts,
        _ refuse: Refuse
    ) throws(Failure) {
        let resources = try ResourcePlan(linux, refuse)
        warnings = resources.warnings.map(Failure.init)
        guard let path else {
            (make, limits, filterDevices) = (nil, [], nil)
            try noteMissingCgroup(resources, linux, refuse)
            return
        }
        let making = MakeCgroup(
            path: path, controllers: resources.controllers, checks: resources.checks, owner: owner,
            isOptional: isRootless && linux.cgroupsPath?.isEmpty ?? true)
        make = Runtime.host(.makeCgroup(making), linux.cgroupsPath == nil ? "" : "/linux/cgroupsPath")
        limits = WriteCgroup.groups(resources.files).map { group in
            Runtime.host(.writeCgroup(group), group.files[0].pointer)
        }
        filterDevices = resources.devices.map { rules in
            let step = FilterDevices(rules: rules, isOptional: host.isInUserNamespace)
            return Runtime.host(
                .filterDevices(step), linux.resources?.devices == nil ? "" : "/linux/resources/devices")
        }
    }

    /// Without a cgroup of the container a limit would be one of the caller's own.
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

    /// The container's user, who gets the cgroup if the container is to manage it: with a cgroup namespace of its own, and
    /// its cgroup mounted to write (config-linux.md, "Cgroup ownership"). nil for the host's root, who has it.
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
