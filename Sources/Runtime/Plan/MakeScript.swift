import Base
import Linux
import OCI

/// The table of contents of the runtime: how a config.json becomes the script of a container.
///
/// Pure: it asks neither the kernel nor the disk. What only the kernel can answer stays inside one step, as an ordered list of
/// attempts. A step that has nothing to do is not planned, on neither side.
extension Script {
    /// - Parameter refusals: What becomes of a reason not to make the container; where they are noted, the script is not
    ///   one to walk.
    /// - Throws: What `refusals` throw: the first ``Failure``, unless told otherwise.
    init(_ request: Request, on host: HostFacts, refusals: Refusals = Refusals()) throws(Failure) {
        var planner = try ScriptPlanner(request, host, refusals)
        try planner.checkAffinity()
        try planner.planHost()
        try planner.planNamespaces()
        try planner.planRootfs()
        try planner.planWorkOfTheHost()
        try planner.planInside()
        try planner.planProcess()
        self = planner.script
    }

    /// The entries of the descriptor table that the host needs after the clone, to go back to its own namespaces.
    var hostEntries: [Int] {
        joint.compactMap { line in
            guard case .host(let placed) = line, case .returnToNamespace(let step) = placed.step else { return nil }
            return step.own
        }
    }
}

/// Collects the lines of a script, in order.
struct ScriptPlanner: ProcessPlanning {
    let request: Request
    let host: HostFacts
    let config: Config
    let process: Process
    let linux: LinuxConfig
    let namespaces: NamespacePlan
    let cgroup: CgroupPath
    /// Whether the container's program can tell that it is ready.
    let isNotified: Bool
    let environment: Environment
    let capabilities: CapabilityPlan
    let seccomp: SeccompProfile?
    var script: Script
    /// The next free entry of the descriptor table.
    var table: Int
    let refusals: Refusals

    init(_ request: Request, _ host: HostFacts, _ refusals: Refusals) throws(Failure) {
        self.request = request
        self.host = host
        self.refusals = refusals
        config = request.config
        try ConfigRules.check(config, refusals.add)
        process = config.process ?? Process { $0.cwd = "/" }
        linux = (config.linux ?? .empty).withDefaultMappings
        table = 0
        namespaces = try NamespacePlan(linux.namespaces ?? [], table: &table, refusals.add)
        do throws(Failure) {
            cgroup = try CgroupPath(
                linux.cgroupsPath, id: request.id.text, own: host.ownCgroup, isSystemd: request.systemdCgroup)
        } catch {
            try refusals.add(error)
            cgroup = try CgroupPath(nil, id: request.id.text, own: "/")
        }
        // There is nowhere to put the socket without a mount namespace.
        isNotified = request.notifies && namespaces.has(.mount)
        environment = try Environment(process.env, refusals.add).adding(request.kept, isNotified: isNotified)
        script = Script(kept: request.kept, environment: environment)
        let capabilities = CapabilityPlan(
            process.capabilities, grantable: namespaces.hasUser ? .kernel : host.capabilities)
        self.capabilities = capabilities
        script.warnings = capabilities.warnings
        if linux.uidMappings != config.linux?.uidMappings {
            script.warnings.append(
                Failure(
                    "the user namespace has no mappings: its root is root of the host, and it has nobody else",
                    pointer: "/linux/uidMappings", hint: "give uidMappings and gidMappings", code: .missingCompanion))
        }
        seccomp = try SeccompProfile.of(linux.seccomp, config.annotations, refusals.add)
    }

    let place = ProcessPlace()
    var hasUserNamespace: Bool { namespaces.hasUser }
    var isRootless: Bool { request.rootless ?? host.isRootless }
    var annotations: Annotations? { config.annotations }

    /// What the kernel must have for this config.json.
    mutating func planKernelChecks() {
        planProcessChecks()
        if linux.mountLabel?.isEmpty == false { prepare(.checkKernel(.seLinux), "/linux/mountLabel") }
        if linux.intelRdt != nil { prepare(.checkKernel(.resourceControl), "/linux/intelRdt") }
    }
}

extension ScriptPlanner {
    /// What the host does alone: the id, the namespaces that are there already, the cgroup with its limits, the filter.
    mutating func planHost() throws(Failure) {
        prepare(.seal(SealedBinary()))
        prepare(.checkRoot(CheckRoot(path: request.rootfs)), "/root/path")
        planKernelChecks()
        planReceivers()
        prepare(
            .takeID(
                TakeID(
                    id: request.id, store: request.root, config: request.configBytes,
                    record: request.record(cgroup: cgroup))))
        prepare(.makeGate(MakeGate()))
        if isNotified { prepare(.makeNotifyFolder(MakeNotifyFolder())) }
        for joined in namespaces.joined {
            let sysctl = (linux.sysctl ?? [:]).first { SysctlPlanning.namespace(ofName: $0.key) == joined.kind }
            let opening = OpenNamespace(
                kind: joined.kind, path: joined.path, entry: joined.entry, sysctl: sysctl?.key)
            prepare(.openNamespace(opening), joined.pointer)
        }
        try planCgroup()
        try planFilter()
    }

    private mutating func planCgroup() throws(Failure) {
        let resources = try ResourcePlan(linux, refusals.add)
        script.warnings += resources.warnings.map(Failure.init)
        guard !request.makesNoCgroup else { return try planWithoutCgroup(resources) }
        let place = linux.cgroupsPath == nil ? "" : "/linux/cgroupsPath"
        let making = MakeCgroup(
            path: cgroup, controllers: resources.controllers, checks: resources.checks, owner: cgroupOwner,
            isOptional: isRootless && linux.cgroupsPath?.isEmpty ?? true)
        prepare(.makeCgroup(making), place)
        for group in WriteCgroup.groups(resources.files) { prepare(.writeCgroup(group), group.files[0].pointer) }
        guard let rules = resources.devices else { return }
        let step = FilterDevices(rules: rules, isOptional: host.isInUserNamespace)
        prepare(.filterDevices(step), linux.resources?.devices == nil ? "" : "/linux/resources/devices")
    }

    /// `--cgroup-manager disabled`: a limit would be one of the caller's own cgroup.
    private mutating func planWithoutCgroup(_ resources: ResourcePlan) throws(Failure) {
        if let limit = resources.files.first {
            try refusals.add(
                Failure(
                    "\(limit.name) cannot be set: no cgroup is made", pointer: limit.pointer,
                    hint: "--cgroup-manager disabled was given", code: .conflict))
        }
        guard linux.resources?.devices?.isEmpty == false else { return }
        script.warnings.append(
            Failure(
                "device rules have no effect: no cgroup is made", pointer: "/linux/resources/devices", code: .noEffect))
    }

    /// The container's user, whom the cgroup is given to where it is the container's to manage: with a cgroup namespace of
    /// its own, and its cgroup mounted to write (config-linux.md, "Cgroup ownership"). nil for the host's root, who has it.
    private var cgroupOwner: UInt32? {
        let isWritable = (config.mounts ?? []).contains { mount in
            (mount.type == "cgroup" || mount.type == "cgroup2") && Path.cleaned(mount.destination) == "/sys/fs/cgroup"
                && !MountOptions(mount.options ?? []).set.contains(.readOnly)
        }
        guard namespaces.newCgroup, isWritable else { return nil }
        let uid = process.user.uid
        guard namespaces.hasUser else { return uid == 0 ? nil : uid }
        return (linux.uidMappings ?? []).first { $0.containerID <= uid && uid - $0.containerID < $0.size }
            .map { $0.hostID &+ (uid - $0.containerID) }
    }

    /// The clone, and what makes the namespaces fit to live in.
    mutating func planNamespaces() throws(Failure) {
        script.birth = Birth(namespaces: namespaces.born)
        var returns: [ReturnToNamespace] = []
        for joined in namespaces.joinedByHost {
            prepare(.joinAsHost(JoinAsHost(kind: joined.kind, entry: joined.entry, own: table)), joined.pointer)
            returns.append(ReturnToNamespace(kind: joined.kind, own: table))
            table += 1
        }
        let offsets = try ClockOffset.list(linux.timeOffsets, isNew: namespaces.newTime, refusals.add)
        if namespaces.newTime {
            prepare(.newTimeNamespace(NewTimeNamespace(offsets: offsets, own: table)), pointer(of: .time))
            returns.append(ReturnToNamespace(kind: .time, own: table))
            table += 1
        }
        prepare(.forbidTracing(ForbidTracing()))
        for step in returns { host(.returnToNamespace(step)) }
        planUserNamespace()
        inside(.startSession(StartSession()))
        inside(.resetAffinity(ResetAffinity()))
        if namespaces.hasUser { inside(.becomeRoot(BecomeRoot()), "/linux/uidMappings") }
        for joined in namespaces.joinedInside {
            inside(.join(JoinInside(kind: joined.kind, entry: joined.entry)), joined.pointer)
        }
        if let pointer = pointerOfProc { inside(.openProc(OpenProc()), pointer) }
        if !request.keepsKeyring {
            planKeyLabel()
            planKeyring(request.id)
        }
        if namespaces.newCgroup { inside(.newCgroupNamespace(NewCgroupNamespace()), pointer(of: .cgroup)) }
        if namespaces.isNew(.network) { inside(.raiseLoopback(RaiseLoopback()), pointer(of: .network)) }
    }

    /// Into the user namespace, with what has to be done before with the host's rights, and what may only be done in it.
    private mutating func planUserNamespace() {
        let isJoined = namespaces.joins(.user) != nil
        if isJoined, annotations?[UserIdentity.keepGroups] == nil {
            inside(.clearGroups(ClearGroups(isOptional: host.isInUserNamespace)))
        }
        if namespaces.hasUser { planJoin(.pid) }
        planJoin(.user)
        var isEntered = false
        if namespaces.madeLater.contains(.pid) {
            script.joint.append(.succession(Succession(namespaces: namespaces.madeLater)))
            isEntered = true
        } else if !namespaces.madeLater.isEmpty {
            inside(.unshare(UnshareNamespaces(namespaces: namespaces.madeLater)))
        } else {
            isEntered = !isJoined
        }
        let uids = linux.uidMappings ?? [], gids = linux.gidMappings ?? []
        guard namespaces.isNew(.user) || !uids.isEmpty || !gids.isEmpty else { return }
        if !isEntered { sync(.entered, from: .inside) }
        if namespaces.isNew(.user) {
            host(.mapIDs(IDMaps(uids: uids, gids: gids)), "/linux/uidMappings")
            sync(.mapped, from: .host)
        } else {
            host(.checkIDMaps(CheckIDMaps(uids: uids, gids: gids)), pointer(of: .user))
        }
    }

    private mutating func planJoin(_ kind: Namespace.Kind) {
        guard let joined = namespaces.joins(kind) else { return }
        inside(.join(JoinInside(kind: kind, entry: joined.entry)), joined.pointer)
    }

    /// Into a pid namespace that is there already, once all is done that others in it must not see.
    mutating func planSuccession() {
        guard namespaces.joins(.pid) != nil else { return }
        if !namespaces.hasUser { planJoin(.pid) }
        inside(.depart(.leaveHost(LeaveHost(keepsStreams: process.terminal != true, kept: request.kept))))
        script.joint.append(.succession(Succession()))
        inside(.startSession(StartSession()))
    }

    /// What a procfs of our own is needed for, if at all.
    private var pointerOfProc: String? {
        if linux.sysctl?.isEmpty == false { return "/linux/sysctl" }
        if profile != nil { return "/process/apparmorProfile" }
        return label == nil ? nil : "/process/selinuxLabel"
    }

    private func pointer(of kind: Namespace.Kind) -> String {
        (linux.namespaces ?? []).firstIndex { $0.type == kind }.map { "/linux/namespaces/\($0)" } ?? ""
    }
}

extension LinuxConfig {
    /// With mappings for a new user namespace that has none: root alone, as crun gives it one.
    fileprivate var withDefaultMappings: LinuxConfig {
        let isNew = (namespaces ?? []).contains { $0.type == .user && $0.path?.isEmpty ?? true }
        guard isNew, uidMappings?.isEmpty ?? true, gidMappings?.isEmpty ?? true else { return self }
        var copy = self
        copy.uidMappings = [IDMapping { $0.size = 1 }]
        copy.gidMappings = copy.uidMappings
        return copy
    }
}
