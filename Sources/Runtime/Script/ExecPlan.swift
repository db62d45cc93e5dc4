import Base
import Linux
import OCI

/// All decisions about a process to add to a container. It is as pure as ``CreatePlan``.
struct ExecPlan {
    let request: ExecRequest
    let process: ProcessPlan
    let seccomp: SeccompPlan
    let terminal: TerminalPlan
    let callers: CallerPlan
    let environment: Environment
    let openCgroup: Placed<HostStep>?
    let birth: CloneInit
    let warnings: [Failure]
    private let setting: ProcessPlan.Setting

    /// - Throws: The first ``Failure``: a reason not to add the process.
    init(_ request: ExecRequest, on host: HostFacts) throws(Failure) {
        self.request = request
        let (process, place) = (request.process.process, request.process.place)
        let record = request.record
        try ConfigRules.check(process, at: place, throwing)
        environment = try Environment(process.env, pointer: place("env"))
        let hasUserNamespace = request.namespaces.contains(.user)
        let setting = ProcessPlan.Setting(
            host: host, place: place, id: try ContainerID(record.id), linux: request.linux,
            annotations: record.annotations, environment: environment,
            capabilities: CapabilityPlan(
                process.capabilities, grantable: hasUserNamespace ? host.kernelCapabilities : host.capabilities,
                pointer: place("capabilities")),
            seccomp: try SeccompProfile.of(request.linux.seccomp, record.annotations),
            hasUserNamespace: hasUserNamespace, isRootless: request.rootless ?? host.isRootless, kept: request.kept,
            isFirst: false, isAlone: false)
        self.setting = setting
        try ProcessPlan.checkAffinity(process, at: place, throwing)
        let below = try SubCgroup.path(request.cgroups)
        openCgroup = try Self.cgroup(record, below: below)
        birth = CloneInit(joinsInit: true, mayFollowInit: below == nil && record.cgroup != nil)
        self.process = try ProcessPlan(process, in: setting, throwing)
        seccomp = try SeccompPlan(setting.seccomp, grant: self.process.lastGrant, on: host, throwing)
        // /dev/console belongs to init.
        terminal = try TerminalPlan(process, at: place, for: request.terminal, isConsole: false, throwing)
        callers = CallerPlan(
            request.kept, pidfd: request.pidfdSocket, kind: "setns", label: request.linux.filesLabel,
            hasHostsRoot: host.isPrivileged)
        warnings = setting.capabilities.warnings + self.process.warnings
    }

    /// Opens the container's cgroup, or one below it.
    ///
    /// - Parameter below: The cgroup below the container's that the caller asked for; then no other cgroup will do.
    private static func cgroup(_ record: StateFile, below: String?) throws(Failure) -> Placed<HostStep>? {
        guard let recorded = record.cgroup else { return nil }
        var path = try CgroupPath(recorded: recorded)
        if let below { path = try path.child(below) }
        return host(.openCgroup(OpenCgroup(path: path, mayFollowInit: below == nil)))
    }
}

extension ExecPlan {
    private var place: ProcessPlace { setting.place }
    private var config: Process { request.process.process }
    private var hasMounts: Bool { request.record.namespaces.contains { $0.type == .mount } }

    /// The namespaces to join. They include a mount namespace that we are already in, because its root is the
    /// container's.
    private var joined: NamespaceFlags { request.namespaces.union(hasMounts ? .mount : []) }

    /// The processors on which the host runs meanwhile (config.md, "execCPUAffinity").
    var initialProcessors: Placed<HostStep>? {
        config.execCPUAffinity?.initial.flatMap(SetAffinity.init).map {
            host(.setAffinity($0), place("execCPUAffinity", "/initial"))
        }
    }

    /// The processors on which the program runs.
    var processors: Placed<InsideStep>? {
        let affinity = config.execCPUAffinity
        if let final = affinity?.final.flatMap(SetAffinity.init) {
            return inside(.setAffinity(final), place("execCPUAffinity", "/final"))
        }
        // With `initial` alone, the kernel decides the rest (config.md, "execCPUAffinity").
        return affinity?.initial?.isEmpty ?? true ? inside(.resetAffinity(ResetAffinity())) : nil
    }

    var openProc: Placed<InsideStep>? {
        guard config.profile != nil || config.label != nil else { return nil }
        return inside(
            .openProc(OpenProc(isHosts: !setting.host.mayMount)),
            place(config.profile == nil ? "selinuxLabel" : "apparmorProfile"))
    }

    /// Forbids tracing before the process exists, or, if the host is an ordinary user, in the process.
    var forbidTracing: Placed<HostStep>? {
        setting.host.isPrivileged ? host(.forbidTracing(ForbidTracing())) : nil
    }

    /// What the process does first if the host is an ordinary user: what it may only do while its files in /proc are
    /// its own. It is not in the container yet, whose processes therefore cannot trace it.
    @Steps<InsideStep> var beginAsUser: [Placed<InsideStep>] {
        if !setting.host.isPrivileged {
            process.ownScore
            inside(.forbidTracing(ForbidTracing()))
        }
    }

    private var makesKeyring: Bool { !request.record.noNewKeyring }

    @Steps<InsideStep> var labelAndMakeKeyring: [Placed<InsideStep>] {
        if makesKeyring {
            process.keyLabel
            // In a user namespace, the keyring belongs to another user; the process has not become that user yet.
            if !setting.hasUserNamespace { process.keyring }
        }
    }

    var clearGroups: Placed<InsideStep>? {
        guard request.record.annotations?[UserIdentity.keepGroups] == nil else { return nil }
        return inside(.clearGroups(ClearGroups(isOptional: setting.host.mayLackGroups)))
    }

    var joinInit: Placed<InsideStep>? {
        guard !joined.isEmpty else { return nil }
        let userNamespace = joined.contains(.user) ? request.record.userNamespace : nil
        return inside(.joinInit(JoinInit(kinds: joined, userNamespace: userNamespace)))
    }

    @Steps<InsideStep> var changeRoot: [Placed<InsideStep>] {
        if !hasMounts {
            inside(.openRoot(OpenRoot(path: request.record.rootfs)), "/root/path")
            inside(.changeRoot(ChangeRoot()), "/root/path")
        }
    }

    var leaveHost: LeaveHost { LeaveHost(keepsStreams: config.terminal != true, kept: request.kept) }

    var succession: Line? { joined.contains(.pid) ? .succession(Succession()) : nil }

    @Steps<InsideStep> var becomeRoot: [Placed<InsideStep>] {
        if setting.hasUserNamespace {
            inside(.becomeRoot(BecomeRoot()), "/linux/uidMappings")
            if makesKeyring { process.keyring }
        }
    }

    var recordProcess: Placed<HostStep>? {
        request.pidFile.map { host(.recordProcess(RecordProcess(pidFile: $0))) }
    }
}
