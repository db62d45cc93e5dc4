import Base
import Linux
import OCI

/// How a process is added to a container: the table of contents of `exec`. As pure as that of `create`.
///
/// The host prepares what needs its own eyes and rights; one clone makes a process in the container's cgroup, which nobody in the
/// container sees. It lets go of what is the host's, joins all namespaces in one call, and makes a child, which is born in the
/// container and becomes what config.json says, by the steps of init.
extension Script {
    /// - Throws: ``Failure``: the first reason not to do it.
    init(exec request: ExecRequest, on host: HostFacts) throws(Failure) {
        var planner = try ExecPlanner(request, host)
        try planner.checkAffinity()
        try planner.planHost()
        try planner.planJoining()
        try planner.planEntering()
        try planner.planIdentity(isFirst: false)
        planner.sync(.ready, from: .inside)
        try planner.planLimits(hasProcessors: false)
        planner.planStart()
        self = planner.script
    }
}

/// Collects the lines of a script of `exec`, in order.
struct ExecPlanner: ProcessPlanning {
    let request: ExecRequest
    let host: HostFacts
    let process: Process
    let place: ProcessPlace
    let id: ContainerID
    let environment: Environment
    let capabilities: CapabilityPlan
    let seccomp: SeccompProfile?
    let refusals = Refusals()
    var script: Script

    var linux: LinuxConfig { request.linux }
    var annotations: Annotations? { request.record.annotations }
    var terminal: TerminalReceiver { request.terminal }
    var kept: KeptDescriptors { request.kept }
    var pidfdSocket: PidfdSocket? { request.pidfdSocket }
    var hasUserNamespace: Bool { request.namespaces.contains(.user) }
    var isRootless: Bool { request.rootless ?? host.isRootless }

    init(_ request: ExecRequest, _ host: HostFacts) throws(Failure) {
        self.request = request
        self.host = host
        process = request.process.process
        place = request.process.place
        id = try ContainerID(request.record.id)
        try ConfigRules.check(process, at: place, throwing)
        environment = try Environment(process.env, pointer: place("env"))
        script = Script(kept: request.kept, environment: environment)
        capabilities = CapabilityPlan(
            process.capabilities,
            grantable: request.namespaces.contains(.user) ? .kernel : host.capabilities, pointer: place("capabilities"))
        script.warnings = capabilities.warnings
        seccomp = try SeccompProfile.of(request.linux.seccomp, request.record.annotations)
    }
}

extension ExecPlanner {
    /// What the host does alone.
    fileprivate mutating func planHost() throws(Failure) {
        prepare(.seal(SealedBinary()))
        planProcessChecks()
        planReceivers()
        let isBelow = try planCgroup()
        try planFilter()
        if let initial = processors(process.execCPUAffinity?.initial) {
            prepare(.setAffinity(initial), place("execCPUAffinity", "/initial"))
        }
        prepare(.forbidTracing(ForbidTracing()))
        script.birth = Birth(joinsInit: true, mayFollowInit: !isBelow && request.record.cgroup != nil)
    }

    /// - Returns: Whether a cgroup below the container's was asked for: then no other is taken.
    private mutating func planCgroup() throws(Failure) -> Bool {
        let name = try SubCgroup.path(request.cgroups)
        guard let recorded = request.record.cgroup else { return false }
        var path = try CgroupPath(recorded: recorded)
        if let name { path = try path.child(name) }
        prepare(.openCgroup(OpenCgroup(path: path, mayFollowInit: name == nil)))
        return name != nil
    }

    /// From the clone to a process that stands in the container, and shows nothing of the host to whoever is in there.
    fileprivate mutating func planJoining() throws(Failure) {
        let hasMounts = request.record.namespaces.contains { $0.type == .mount }
        // Also one that we are in already: its root is the container's.
        let joined = request.namespaces.union(hasMounts ? .mount : [])
        inside(.forgetCaller(ForgetCaller()))
        // While nothing of the container covers the host's: in a user namespace the kernel wants to see a whole one.
        if let profile = profile ?? label {
            inside(.openProc(OpenProc()), place(profile == label ? "selinuxLabel" : "apparmorProfile"))
        }
        try planKernelState()
        if !request.record.keepsKeyring {
            planKeyLabel()
            // In a user namespace the keyring is another user's, to whom the process is not yet changed.
            if !hasUserNamespace { planKeyring(id) }
        }
        if annotations?[UserIdentity.keepGroups] == nil {
            inside(.clearGroups(ClearGroups(isOptional: host.isInUserNamespace)))
        }
        if !joined.isEmpty {
            let userNamespace = joined.contains(.user) ? request.record.userNamespace : nil
            inside(.joinInit(JoinInit(kinds: joined, userNamespace: userNamespace)))
        }
        if !hasMounts {
            inside(.openRoot(OpenRoot(path: request.record.rootfs)), "/root/path")
            inside(.changeRoot(ChangeRoot()), "/root/path")
        }
        inside(.leaveHost(LeaveHost(keepsStreams: process.terminal != true, kept: kept)))
        if joined.contains(.pid) { script.joint.append(.succession(Succession())) }
    }

    /// What the process does as the container's root.
    fileprivate mutating func planEntering() throws(Failure) {
        inside(.startSession(StartSession()))
        if let final = processors(process.execCPUAffinity?.final) {
            inside(.setAffinity(final), place("execCPUAffinity", "/final"))
        } else if process.execCPUAffinity?.initial?.isEmpty ?? true {
            // With `initial` alone the rest is the kernel's (config.md, "execCPUAffinity").
            inside(.resetAffinity(ResetAffinity()))
        }
        if hasUserNamespace { inside(.becomeRoot(BecomeRoot()), "/linux/uidMappings") }
        if hasUserNamespace, !request.record.keepsKeyring { planKeyring(id) }
        // /dev/console is init's.
        try planTerminal(isConsole: false)
        planControl()
    }

    /// From a process that waits for nothing but execve to its program.
    fileprivate mutating func planStart() {
        planPidfd("setns")
        if let pidFile = request.pidFile { host(.recordProcess(RecordProcess(pidFile: pidFile))) }
        if !request.detach { host(.enterForeground(EnterForeground())) }
        sync(.recorded, from: .host)
        inside(
            .execute(Execute(confinement: confinement, kept: kept, isFiltered: seccomp != nil)), place("args"))
        host(.awaitProgram(AwaitProgram()))
    }

    /// The processors of a list that ``checkAffinity()`` has passed.
    private func processors(_ list: String?) -> SetAffinity? { list.flatMap(SetAffinity.init) }
}
