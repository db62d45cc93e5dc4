import Base
import Linux
import OCI

extension ScriptPlanner {
    /// A root of its own, with everything that is mounted and made in it.
    mutating func planRootfs() throws(Failure) {
        let devices = try self.devices()
        guard namespaces.has(.mount) else { return try planSharedRootfs(devices) }
        let propagation = try self.propagation()
        inside(.propagate(propagation), linux.rootfsPropagation == nil ? "" : "/linux/rootfsPropagation")
        var root = BindRoot(
            path: request.rootfs, opened: nil, hasSharedParent: !propagation.isolatesAll,
            isSlave: propagation.kind == .slave && !propagation.isolatesAll)
        if namespaces.hasUser {
            prepareBeforeLeaving(
                .openTree(OpenTree(path: request.rootfs, isRecursive: true, entry: table)), "/root/path")
            root.opened = table
            table += 1
        }
        inside(.bindRoot(root), "/root/path")
        let made = planNodes(devices)
        try planMounts()
        planDevices(made)
    }

    /// Without a mount namespace of its own the container's mounts are made on the host, below the rootfs, as runc and crun do.
    private mutating func planSharedRootfs(_ devices: [PlacedNode]?) throws(Failure) {
        inside(.openRoot(OpenRoot(path: request.rootfs)), "/root/path")
        if config.mounts?.isEmpty == false {
            script.warnings.append(
                Failure(
                    "without a mount namespace the mounts are made on the host, and stay there", pointer: "/mounts",
                    hint: "add {\"type\": \"mount\"} to linux.namespaces", code: .discouraged))
        }
        try planMounts()
        planDevices(devices)
    }

    private func propagation() throws(Failure) -> RootPropagation {
        if let propagation = RootPropagation(linux.rootfsPropagation) { return propagation }
        try refusals.add(
            Failure(
                "unknown rootfsPropagation \(quoted(linux.rootfsPropagation ?? ""))",
                pointer: "/linux/rootfsPropagation",
                hint: "one of private, slave, shared, unbindable, also with r before it", code: .unknownValue))
        return .standard
    }

    private mutating func planMounts() throws(Failure) {
        let planning = MountPlanning(
            bundle: request.bundlePath, rootfs: request.rootfs, cgroup: cgroup.text, cgroupNamespace: cgroupNamespace,
            hasUserNamespace: namespaces.hasUser,
            joinedUserNamespace: namespaces.joins(.user)?.entry,
            joinedPIDNamespace: namespaces.joins(.pid)?.entry,
            mappings: namespaces.hasUser
                ? linux.gidMappings.map { IDMaps(uids: linux.uidMappings ?? [], gids: $0) } : nil,
            groups: namespaces.hasUser ? nil : host.groups, label: linux.filesLabel)
        for (index, mount) in (config.mounts ?? []).enumerated() {
            let pointer = "/mounts/\(index)"
            do throws(Failure) {
                let plan = try planning.plan(mount, table: &table)
                for placed in plan.host { prepareBeforeLeaving(placed.step, pointer + placed.pointer) }
                inside(plan.step, pointer)
            } catch {
                try refusals.add(error.pointing(into: pointer))
            }
            warnOfPrefix(mount, pointer)
            guard let first = mount.destination.utf8.first, first != UInt8(ascii: "/") else { continue }
            script.warnings.append(
                Failure(
                    "the mount destination \(quoted(mount.destination)) is not absolute, and is taken from /",
                    pointer: "\(pointer)/destination", code: .deprecated))
        }
        guard isNotified else { return }
        let plan = try planning.plan(NotifyFolder.mount(of: request), table: &table)
        for placed in plan.host { prepareBeforeLeaving(placed.step, "") }
        inside(plan.step)
    }

    private mutating func warnOfPrefix(_ mount: Mount, _ pointer: String) {
        let path = Path.cleaned(mount.destination)
        guard !Path.areSame(Destination.inside(request.rootfs, path), path) else { return }
        script.warnings.append(
            Failure(
                "the mount destination \(quoted(mount.destination)) begins with the rootfs's path on the host, which is taken off",
                pointer: "\(pointer)/destination", code: .deprecated))
    }

    private var cgroupNamespace: CgroupMount.Namespace {
        if namespaces.newCgroup { return .own }
        return namespaces.joins(.cgroup) == nil ? .host : .joined
    }

    /// A device node, and where in config.json it is asked for.
    private typealias PlacedNode = (node: DeviceNode, pointer: String)

    /// The devices to make; nil if /dev is a bind of a directory that somebody else fills.
    private func devices() throws(Failure) -> [PlacedNode]? {
        let isForeign = (config.mounts ?? []).contains {
            Path.cleaned($0.destination) == "/dev" && MountOptions($0.options ?? []).set.contains(.bind)
        }
        guard !isForeign else { return nil }
        return try DevicePlanning.nodes(
            linux.devices ?? [], isBound: namespaces.hasUser, canBeBound: namespaces.has(.mount), refusals.add)
    }

    /// The nodes that the host makes: the devices of a user namespace, and what masks a file.
    ///
    /// - Returns: The devices, each with its place in the descriptor table if there is one.
    private mutating func planNodes(_ devices: [PlacedNode]?) -> [PlacedNode]? {
        let bound = (devices ?? []).filter { $0.node.isBound && $0.node.kind != .fifo }
        guard !bound.isEmpty || linux.maskedPaths?.isEmpty == false else { return devices }
        let entry = table
        table += 1 + bound.count
        let nodes = bound.map { device in
            MakeNodes.Node(
                device: device.node, uid: hostID(device.node.uid, linux.uidMappings),
                gid: hostID(device.node.gid, linux.gidMappings))
        }
        let making = MakeNodes(entry: entry, nodes: nodes, uids: linux.uidMappings, label: linux.filesLabel)
        prepareBeforeLeaving(.makeNodes(making), "")
        inside(.takeNodes(TakeNodes(entry: entry, count: nodes.count)))
        var next = entry
        return devices?.map { device in
            guard device.node.isBound, device.node.kind != .fifo else { return device }
            next += 1
            var device = device
            device.node.made = next
            return device
        }
    }

    /// The host's id for one of the container's; root if the mappings do not say.
    private func hostID(_ id: UInt32, _ map: [IDMapping]?) -> UInt32 {
        let range = (map ?? []).first { $0.containerID <= id && id - $0.containerID < $0.size }
        return range.map { $0.hostID &+ (id - $0.containerID) } ?? 0
    }

    /// Devices and links.
    private mutating func planDevices(_ devices: [PlacedNode]?) {
        guard let devices else { return }
        for device in devices { inside(.makeDevice(device.node), device.pointer) }
        let hasTerminals = (config.mounts ?? []).contains { Path.cleaned($0.destination) == "/dev/pts" }
        inside(.linkDevices(DeviceLinks(hasTerminals: hasTerminals)))
    }

    /// The host joins namespaces last; what it opens for init it opens before that, as the host.
    private mutating func prepareBeforeLeaving(_ step: HostStep, _ pointer: String) {
        // From the end, since there may be very many of such steps before.
        var place = script.preparation.endIndex
        while place > 0, script.preparation[place - 1].step.isLeaving { place -= 1 }
        script.preparation.insert(Placed(step, pointer), at: place)
    }

    /// What the host gives to a container that is all but finished: network devices; and its prestart and createRuntime
    /// hooks, in the host's namespaces, once the container's are there and its root can be seen.
    mutating func planWorkOfTheHost() throws(Failure) {
        let hooks =
            try HookRun.list(.prestart, in: config.hooks, refusals.add)
            + (try HookRun.list(.createRuntime, in: config.hooks, refusals.add))
        // The others are checked now, so that a bad one is an error before anything is made.
        _ = try HookRun.list(.poststart, in: config.hooks, refusals.add)
        _ = try HookRun.list(.poststop, in: config.hooks, refusals.add)
        let devices = try MoveNetDevice.list(linux.netDevices, hasNetwork: namespaces.has(.network), refusals.add)
        guard !hooks.isEmpty || !devices.isEmpty else { return }
        sync(.isolated, from: .inside)
        for device in devices { host(.moveNetDevice(device), device.pointer) }
        for hook in hooks { host(.runHook(HostHook(run: hook)), hook.pointer) }
        sync(.hooked, from: .host)
    }

    /// From the last look at the host to a root that is finished.
    mutating func planInside() throws(Failure) {
        for hook in try HookRun.list(.createContainer, in: config.hooks, refusals.add) {
            inside(.runHook(InsideHook(run: hook, mask: host.mask)), hook.pointer)
        }
        inside(.forgetCaller(ForgetCaller()))
        let propagation = RootPropagation(linux.rootfsPropagation)
        guard namespaces.has(.mount) else { return try planChangeOfRoot() }
        let oldRootIsShared = !(propagation?.isolatesAll ?? false)
        if request.noPivot {
            try refusePrivateMove(propagation)
            inside(.moveRoot(MoveRoot(oldRootIsShared: oldRootIsShared)), "/root/path")
        } else {
            inside(.pivot(PivotRoot(oldRootIsShared: oldRootIsShared)), "/root/path")
        }
        try planTerminal(isConsole: true)
        planReadOnly()
        planNames()
        try planSysctls()
        try planHiddenPaths()
        if let propagation, propagation.returnsAfterPivot {
            inside(.returnPropagation(ReturnPropagation(propagation: propagation)), "/linux/rootfsPropagation")
        }
    }

    /// What was moved over stays in the container: as a private copy it would keep every mount of the host busy.
    private func refusePrivateMove(_ propagation: RootPropagation?) throws(Failure) {
        guard propagation?.kind == .privately else { return }
        throw Failure(
            "rootfsPropagation of [r]private is not safe with --no-pivot", pointer: "/linux/rootfsPropagation",
            hint: "use rslave")
    }

    /// What becomes read-only now that everything in it has been made.
    private mutating func planReadOnly() {
        let sealed = script.joint.compactMap { line -> (SealMount, String)? in
            guard case .inside(let placed) = line, case .mount(let mount) = placed.step, mount.isSealedLater else {
                return nil
            }
            return (SealMount(target: mount.target), placed.pointer)
        }
        let isReadOnly = config.root?.readonly == true
        if isReadOnly || !sealed.isEmpty, Path.cleaned(process.cwd) != "/" {
            inside(.workingDirectory(WorkingDirectory(path: process.cwd, isForLater: true)), "/process/cwd")
        }
        for (step, pointer) in sealed { inside(.sealMount(step), pointer) }
        if isReadOnly { inside(.sealMount(SealMount()), "/root/readonly") }
    }

    /// Without a mount namespace the root is only the process's own.
    private mutating func planChangeOfRoot() throws(Failure) {
        inside(.changeRoot(ChangeRoot()), "/root/path")
        try planTerminal(isConsole: false)
        planReadOnly()
        planNames()
        try planSysctls()
    }

    /// An empty name is none: it needs no UTS namespace (``ConfigRules``), and so would be the host's.
    private mutating func planNames() {
        if let name = config.hostname, !name.isEmpty { inside(.setName(.host(name)), "/hostname") }
        if let name = config.domainname, !name.isEmpty { inside(.setName(.domain(name)), "/domainname") }
    }

    private mutating func planSysctls() throws(Failure) {
        for entry in linux.sysctl ?? [:] {
            let pointer = "/linux/sysctl/\(JSONPointer.token(entry.key))"
            do throws(Failure) {
                inside(.sysctl(try SysctlPlanning.plan(entry.key, entry.value, has: namespaces.has)), pointer)
            } catch {
                try refusals.add(error.at(pointer))
            }
        }
    }

    private mutating func planHiddenPaths() throws(Failure) {
        for (index, path) in (linux.readonlyPaths ?? []).enumerated() {
            let pointer = "/linux/readonlyPaths/\(index)"
            guard let path = try absolute(path, pointer) else { continue }
            inside(.readOnlyPath(ReadOnlyPath(path: path)), pointer)
        }
        var seen: Set<[UInt8]> = []
        for (index, path) in (linux.maskedPaths ?? []).enumerated() {
            let pointer = "/linux/maskedPaths/\(index)"
            guard let path = try absolute(path, pointer) else { continue }
            guard seen.insert(Array(path.utf8)).inserted else { continue }
            inside(.mask(MaskPath(path: path)), pointer)
        }
    }

    /// - Returns: nil where it was refused.
    private func absolute(_ path: String, _ pointer: String) throws(Failure) -> String? {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            try refusals.add(
                Failure("\(quoted(path)) is not an absolute path", pointer: pointer, code: .relativePath))
            return nil
        }
        return Path.cleaned(path)
    }
}

extension HostStep {
    /// Whether it is one of the last of the preparation, with which the host leaves its own namespaces, or says so to the kernel.
    fileprivate var isLeaving: Bool {
        switch self {
        case .joinAsHost, .newTimeNamespace, .forbidTracing: true
        default: false
        }
    }
}

extension LinuxConfig {
    /// `mountLabel`, but for an empty one, which is none.
    var filesLabel: String? { mountLabel.flatMap { $0.isEmpty ? nil : $0 } }
}
