import Base
import Linux
import OCI

/// All decisions about a container, made before anything is done: one plan for each part. ``CreateScript`` takes its
/// lines from these plans.
///
/// The plan is pure: it asks neither the kernel nor the disk. If only the kernel can answer a question, one step holds
/// an ordered list of attempts.
struct CreatePlan {
    let request: CreateRequest
    let linux: LinuxConfig
    let namespaces: NamespaceLines
    let place: CgroupPlace
    let cgroup: CgroupPlan
    let seccomp: SeccompPlan
    let root: RootPlan
    let mounts: MountPlan
    let devices: DevicePlan
    let netDevices: [Placed<HostStep>]
    let hooks: HookPlan
    let terminal: TerminalPlan
    let sysctls: [Placed<InsideStep>]
    let process: ProcessPlan
    let callers: CallerPlan
    let environment: Environment
    /// Whether a service manager is to learn when the container's program is ready.
    let isNotified: Bool
    /// Whether the host may do what takes CAP_SYS_ADMIN.
    private let isPrivileged: Bool
    private let isRootless: Bool
    private(set) var warnings: [Failure]

    /// Decides everything.
    ///
    /// - Parameter refusals: What to do with each reason not to make the container. If the reasons are only noted,
    ///   nobody may walk the script.
    /// - Throws: What `refusals` throw; by default the first ``Failure``.
    init(_ request: CreateRequest, on host: HostFacts, _ refusals: Refusals) throws(Failure) {
        let refuse = refusals.add
        let config = request.config
        self.request = request
        try ConfigRules.check(config, refuse)
        let process = config.process ?? Process { $0.cwd = "/" }
        let linux = (config.linux ?? .empty).withDefaultMappings
        self.linux = linux
        let kinds = try NamespacePlan(linux.namespaces ?? [], isPrivileged: host.isPrivileged, refuse)
        place = try CgroupPlace.of(config, request.id, buses: request.buses, on: host, refuse)
        // Without a mount namespace there is no place for the socket.
        isNotified = request.notifies && kinds.has(.mount)
        environment = try Environment(process.env, refuse).adding(request.kept, isNotified: isNotified)
        let setting = ProcessPlan.Setting(
            host: host, id: request.id, linux: linux, annotations: config.annotations, environment: environment,
            capabilities: CapabilityPlan(
                process.capabilities, grantable: kinds.hasUser ? host.kernelCapabilities : host.capabilities),
            seccomp: try SeccompProfile.of(linux.seccomp, config.annotations, refuse), hasUserNamespace: kinds.hasUser,
            isRootless: request.rootless ?? host.isRootless, kept: request.kept, isFirst: true,
            isAlone: kinds.isNew(.pid), belongsToUser: !host.isPrivileged && kinds.isNew(.user))
        try ProcessPlan.checkAffinity(process, at: setting.place, refuse)
        cgroup = try CgroupPlan(
            linux, at: request.makesNoCgroup ? nil : place, owner: CgroupPlan.owner(config, linux, kinds),
            isRootless: setting.isRootless, on: host, refuse)
        namespaces = NamespaceLines(
            plan: kinds, linux: linux, offsets: try ClockOffset.list(linux.timeOffsets, isNew: kinds.newTime, refuse),
            keepsGroups: config.annotations?[UserIdentity.keepGroups] != nil,
            host: host)
        devices = try DevicePlan(config, linux, kinds, mayMount: host.mayMount, refuse)
        mounts = try MountPlan(
            config.mounts ?? [], by: MountPlanning(request, linux, kinds, place.path, host), rootfs: request.rootfs,
            notifyFolder: isNotified ? NotifyFolder.mount(of: request.id, root: request.root) : nil, refuse)
        root = try RootPlan(
            request, linux, kinds, makesReadOnly: !mounts.makeReadOnly.isEmpty, mayMount: host.mayMount, refuse)
        self.process = try ProcessPlan(process, in: setting, refuse)
        seccomp = try SeccompPlan(setting.seccomp, grant: self.process.lastGrant, on: host, refuse)
        hooks = try HookPlan(config.hooks, mask: host.mask, process: process, self.process.confinement, refuse)
        netDevices = try MoveNetDevice.list(linux.netDevices, hasNetwork: kinds.has(.network), refuse).map {
            Runtime.host(.moveNetDevice($0), $0.pointer)
        }
        terminal = try TerminalPlan(
            process, at: setting.place, for: request.terminal, isConsole: kinds.has(.mount), refuse)
        sysctls = try SysctlPlanning.steps(linux.sysctl, has: kinds.has, refuse)
        callers = CallerPlan(
            request.kept, pidfd: request.receiverOfPidfd, kind: "standard", label: linux.filesLabel,
            hasHostsRoot: host.isPrivileged)
        warnings = setting.capabilities.warnings + self.process.warnings
        (isPrivileged, isRootless) = (host.isPrivileged, setting.isRootless)
        warnings += Self.hostWarnings(kinds, host)
        warnings += Self.warnings(config, linux, kinds)
        warnings += cgroup.warnings + mounts.warnings
    }

    private static func hostWarnings(_ kinds: NamespacePlan, _ host: HostFacts) -> [Failure] {
        guard kinds.isNew(.network), !kinds.hasUser, !host.managesNetworks else { return [] }
        return [
            Failure(
                "the network device lo stays down: the runtime has no CAP_NET_ADMIN",
                pointer: kinds.pointer(of: .network),
                hint: "give the container a user namespace, or the runtime this capability", code: .noEffect)
        ]
    }

    private static func warnings(_ config: Config, _ linux: LinuxConfig, _ kinds: NamespacePlan) -> [Failure] {
        var warnings: [Failure] = []
        if linux.uidMappings != config.linux?.uidMappings {
            warnings.append(
                Failure(
                    "the user namespace has no mappings: its root is root of the host, and it has nobody else",
                    pointer: "/linux/uidMappings", hint: "give uidMappings and gidMappings", code: .missingCompanion))
        }
        if !kinds.has(.mount), config.mounts?.isEmpty == false {
            warnings.append(
                Failure(
                    "without a mount namespace the mounts are made on the host, and stay there", pointer: "/mounts",
                    hint: "add {\"type\": \"mount\"} to linux.namespaces", code: .discouraged))
        }
        return warnings
    }
}

extension CreatePlan {
    /// Checks that the kernel has what this config.json needs, in addition to what the process needs.
    @Steps<HostStep> var kernelChecks: [Placed<HostStep>] {
        if linux.filesLabel != nil { host(.checkKernel(.seLinux), "/linux/mountLabel") }
        if linux.intelRdt != nil { host(.checkKernel(.resourceControl), "/linux/intelRdt") }
    }

    /// Forbids tracing before init exists; an ordinary user could then not write init's id maps, so init does it, once
    /// it is in its user namespace.
    var forbidTracing: Placed<HostStep> {
        isPrivileged ? host(.forbidTracing(ForbidTracing())) : host(.allowOwner(AllowOwner()))
    }

    /// What comes first when init exists. If the host is an ordinary user, that is what init may only do while its files
    /// in /proc are its own.
    @Lines var begin: [Line] {
        namespaces.goBack
        if !isPrivileged {
            process.ownScore
            if !namespaces.plan.isNew(.user) { inside(.forbidTracing(ForbidTracing())) }
        }
    }

    /// Takes the id, with the container's first record.
    var reservation: ReserveID {
        ReserveID(
            id: request.id, store: request.root, config: request.configBytes,
            record: request.record(in: place, isRootless: isRootless))
    }

    /// Makes the gate; nil if the program starts at once.
    var makeGate: Placed<HostStep>? { request.start == .atGate ? host(.makeGate(MakeGate())) : nil }

    /// Waits at the gate, or only leaves the root to the program.
    var waitForStart: Placed<InsideStep> {
        request.start == .atGate ? inside(.waitForStart(WaitForStart())) : inside(.leaveRoot(LeaveRoot()))
    }

    @Steps<InsideStep> var keyring: [Placed<InsideStep>] {
        if !request.noNewKeyring {
            process.keyLabel
            process.keyring
        }
    }

    var enterForeground: Placed<HostStep>? {
        request.start == .inForeground ? host(.enterForeground(EnterForeground())) : nil
    }

    /// Waits until the program runs, if no `start` does.
    var awaitProgram: Placed<HostStep>? {
        request.start == .atGate ? nil : host(.awaitProgram(AwaitProgram()))
    }

    var notifyFolder: Placed<HostStep>? { isNotified ? host(.makeNotifyFolder(MakeNotifyFolder())) : nil }

    /// Opens a procfs of our own if a later step writes to it: sysctls, and the labels of security modules.
    var openProc: Placed<InsideStep>? {
        let process = request.config.process
        let pointer: String
        if linux.sysctl?.isEmpty == false {
            pointer = "/linux/sysctl"
        } else if process?.profile != nil {
            pointer = "/process/apparmorProfile"
        } else if process?.label != nil {
            pointer = "/process/selinuxLabel"
        } else {
            return nil
        }
        return inside(.openProc(OpenProc()), pointer)
    }

    @Steps<InsideStep> var names: [Placed<InsideStep>] {
        let config = request.config
        // An empty name means the same as a missing one. It needs no UTS namespace (``ConfigRules``), so setting it
        // could change the host's name.
        if let name = config.hostname, !name.isEmpty { inside(.setName(.host(name)), "/hostname") }
        if let name = config.domainname, !name.isEmpty { inside(.setName(.domain(name)), "/domainname") }
    }

    /// The lines by which init, after it has joined a pid namespace, makes the child that takes its place. setns(2)
    /// changes the pid namespace of children only, never of the caller (pid_namespaces(7)).
    var succession: [Line] {
        namespaces.enterPID(LeaveHost(keepsStreams: request.config.process?.terminal != true, kept: request.kept))
    }
}

extension CreateRequest {
    /// The socket of the command line, otherwise the one in crun's annotation.
    fileprivate var receiverOfPidfd: PidfdSocket? {
        if let socket = pidfdSocket { return socket }
        guard let path = config.annotations?[PidfdSocket.annotation], !path.isEmpty else { return nil }
        return PidfdSocket(path: path, pointer: "/annotations/\(PidfdSocket.annotation)")
    }
}

extension MountPlanning {
    /// Gathers what the mounts of a new container depend on.
    fileprivate init(
        _ request: CreateRequest, _ linux: LinuxConfig, _ kinds: NamespacePlan, _ cgroup: CgroupPath, _ host: HostFacts
    ) {
        self.init(
            bundle: request.bundlePath, rootfs: request.rootfs, cgroup: cgroup.text,
            cgroupNamespace: kinds.newCgroup ? .own : kinds.joins(.cgroup) == nil ? .host : .joined,
            hasUserNamespace: kinds.hasUser, joinsUserNamespace: kinds.joins(.user) != nil,
            joinsPIDNamespace: kinds.joins(.pid) != nil,
            mappings: kinds.hasUser
                ? linux.gidMappings.map { IDMaps(uids: linux.uidMappings ?? [], gids: $0) } : nil,
            groups: kinds.hasUser ? nil : host.groups, label: linux.filesLabel, mayMount: host.mayMount,
            isPrivileged: host.isPrivileged)
    }
}
