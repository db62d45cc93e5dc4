import Base
import Linux
import OCI

extension ScriptPlanner {
    /// From a finished root to the container's program.
    ///
    /// Without `process`, which is required by `start` only (config.md, "Process"), init waits at the gate without
    /// capabilities, and there is nothing that it could become.
    mutating func planProcess() throws(Failure) {
        try planKernelState()
        planSuccession()
        planControl()
        try planIdentity()
        sync(.ready, from: .inside)
        try planLimits(hasProcessors: linux.resources?.cpu?.cpus?.isEmpty == false)
        planPidfd()
        host(.recordContainer(RecordContainer(pidFile: request.pidFile)))
        sync(.recorded, from: .host)
        inside(.waitForStart(WaitForStart()))
        for hook in try HookRun.list(.startContainer, in: config.hooks, refusals.add) {
            inside(
                .runHook(
                    InsideHook(
                        run: hook, mask: process.user.umask ?? UserIdentity.standardUmask, confinement: confinement)),
                hook.pointer)
        }
        guard process.args != nil else { return }
        let execute = Execute(confinement: confinement, kept: request.kept, isFiltered: seccomp != nil)
        inside(.execute(execute), place("args"))
    }
}

extension ProcessPlanning {
    /// From a root that is there to a process that is all it has to be, but for its limits and the seccomp filter.
    ///
    /// The order has reasons: groups come before the user, who could no more change them; the bounding set before the user,
    /// the other sets after; the program is looked for with the rights that it will have; limits last, so that they do not limit
    /// us, unless only root may set them. The filter comes after all of that, right before execve(2): the fewer system calls are
    /// made under it, the fewer a profile has to allow that the program itself may never make.
    ///
    /// - Parameter isFirst: Whether nobody else is in the container yet. Later its directory must be there, and a change of user, which
    ///   may let that user's processes trace us (prctl(2), PR_SET_DUMPABLE), must not.
    mutating func planIdentity(isFirst: Bool = true) throws(Failure) {
        let user = try UserIdentity(
            process.user, isInUserNamespace: hasUserNamespace || host.isInUserNamespace,
            keepsGroups: annotations?[UserIdentity.keepGroups] != nil, pointer: place("user"), refusals.add)
        let directory = WorkingDirectory(path: process.cwd, isMade: isFirst)
        inside(.workingDirectory(directory), place("cwd"))
        if environment.needsHome { inside(.findHome(FindHome(uid: user.uid)), place("env")) }
        if process.terminal != true { inside(.ownStreams(OwnStreams(uid: user.uid)), place("user")) }
        if !host.setsLimits {
            try eachLimit { planner, limit, pointer in planner.inside(.limit(limit), pointer) }
        }
        inside(.boundCapabilities(capabilities.bounding), place("capabilities", "/bounding"))
        inside(.becomeUser(user), place("user"))
        if !isFirst || keepsAdministration { inside(.forbidTracing(ForbidTracing())) }
        var grant = capabilities.grant
        if keepsAdministration { grant.keepAdministration() }
        inside(.grantCapabilities(grant), place("capabilities"))
        if process.noNewPrivileges == true {
            inside(.forbidNewPrivileges(ForbidNewPrivileges()), place("noNewPrivileges"))
        }
        inside(.verifyDirectory(VerifyDirectory(directory: directory)), place("cwd"))
        if let arguments = process.args { inside(.findProgram(FindProgram(arguments: arguments)), place("args", "/0")) }
        planListening()
    }

    /// Whether CAP_SYS_ADMIN is kept until the filter is loaded, though the program does not get it: without noNewPrivileges the
    /// kernel takes a filter from nobody else (seccomp(2)).
    var keepsAdministration: Bool {
        seccomp != nil && process.noNewPrivileges != true && process.args != nil
            && capabilities.grant.lacksAdministration(of: capabilities.grantable)
    }

    /// What is left to do under the seccomp filter, and right before it.
    var confinement: Confinement {
        guard seccomp != nil, seccomp?.listener == nil else { return Confinement() }
        return Confinement(loadsFilter: true, grant: keepsAdministration ? capabilities.grant : nil)
    }

    /// What the host limits the process by, when nothing but execve is left to do.
    mutating func planLimits(hasProcessors: Bool) throws(Failure) {
        if let scheduler = process.scheduler {
            let step = try SetScheduler(
                scheduler, hasProcessors: hasProcessors, pointer: place("scheduler"), refusals.add)
            host(.schedule(step), place("scheduler"))
        }
        if let priority = process.ioPriority {
            let step = try SetIOPriority(priority, pointer: place("ioPriority"), refusals.add)
            host(.prioritizeIO(step), place("ioPriority"))
        }
        if host.setsLimits { try eachLimit { planner, limit, pointer in planner.host(.limit(limit), pointer) } }
        try planOutOfMemoryScore()
    }

    private mutating func eachLimit(_ plan: (inout Self, ProcessLimit, String) -> Void) throws(Failure) {
        let limits = try ProcessLimit.list(process.rlimits, pointer: place("rlimits"), refusals.add)
        for (index, limit) in limits.enumerated() { plan(&self, limit, place("rlimits", "/\(index)")) }
    }

    private mutating func planOutOfMemoryScore() throws(Failure) {
        guard let adjustment = process.oomScoreAdj else { return }
        do throws(Failure) {
            let step = try OutOfMemoryScore(
                adjustment: adjustment, isRootless: isRootless, pointer: place("oomScoreAdj"))
            host(.adjustOOMScore(step), place("oomScoreAdj"))
        } catch {
            try refusals.add(error)
        }
    }

    /// What the kernel keeps of a process, and hands on to its children and at execve.
    mutating func planKernelState() throws(Failure) {
        if let personality = linux.personality {
            inside(.personality(try SetPersonality(personality, refusals.add)), "/linux/personality")
        }
        if let policy = linux.memoryPolicy {
            inside(.memoryPolicy(try SetMemoryPolicy(policy, refusals.add)), "/linux/memoryPolicy")
        }
        if let profile = profile { inside(.label(.profile(profile)), place("apparmorProfile")) }
        if let label = label { inside(.label(.process(label)), place("selinuxLabel")) }
    }

    /// `process.apparmorProfile`, but for an empty one, which is none.
    var profile: String? { process.apparmorProfile.flatMap { $0.isEmpty ? nil : $0 } }

    /// `process.selinuxLabel`, but for an empty one, which is none.
    var label: String? { process.selinuxLabel.flatMap { $0.isEmpty ? nil : $0 } }

    /// The label of the session keyring, before it is made.
    mutating func planKeyLabel() {
        if let label { inside(.label(.keys(label)), place("selinuxLabel")) }
    }

    mutating func planKeyring(_ id: ContainerID) {
        inside(.joinKeyring(SessionKeyring(id, isInUserNamespace: hasUserNamespace)))
    }

    /// What the kernel must have for this process.
    mutating func planProcessChecks() {
        if profile != nil { prepare(.checkKernel(.appArmor), place("apparmorProfile")) }
        if label != nil { prepare(.checkKernel(.seLinux), place("selinuxLabel")) }
    }

    /// `process.execCPUAffinity` is for `exec`, but a list that is none is wrong already.
    func checkAffinity() throws(Failure) {
        let affinity = process.execCPUAffinity
        for (name, list) in [("initial", affinity?.initial), ("final", affinity?.final)] {
            guard let list, !list.isEmpty, NumberList(list) == nil else { continue }
            try refusals.add(
                Failure(
                    "\(quoted(list)) is not a list of processors such as 0-3,7",
                    pointer: place("execCPUAffinity", "/\(name)"), code: .malformedValue))
        }
    }
}
