import Base
import Linux
import OCI

extension ScriptPlanner {
    /// From a finished root to the container's program.
    ///
    /// The order is runc's, and has reasons: without noNewPrivileges seccomp needs CAP_SYS_ADMIN, so it comes before the
    /// capabilities go; groups come before the user, who could no more change them; the bounding set before the
    /// user, the other sets after; limits last, so that they do not limit us.
    ///
    /// Without `process`, which is required by `start` only (config.md, "Process"), init waits at the gate without
    /// capabilities, and there is nothing that it could become.
    mutating func planProcess() throws(Failure) {
        let noNewPrivileges = process.noNewPrivileges ?? false
        let isLoadedEarly = !noNewPrivileges
        // A listener is handed over by whoever waits for init, which `start` does not.
        let isLoadedLast = noNewPrivileges && seccomp != nil && seccomp?.listener == nil
        let user = try UserIdentity(process.user, isInUserNamespace: namespaces.hasUser, refusals.add)
        let directory = WorkingDirectory(path: process.cwd)
        try planKernelState()
        inside(.workingDirectory(directory), "/process/cwd")
        if environment.needsHome { inside(.findHome(FindHome(uid: user.uid)), "/process/env") }
        if isLoadedEarly { planLoading() }
        inside(.boundCapabilities(capabilities.bounding), "/process/capabilities/bounding")
        inside(.becomeUser(user), "/process/user")
        inside(.grantCapabilities(capabilities.grant), "/process/capabilities")
        if noNewPrivileges { inside(.forbidNewPrivileges(ForbidNewPrivileges()), "/process/noNewPrivileges") }
        inside(.verifyDirectory(VerifyDirectory(directory: directory)), "/process/cwd")
        if let arguments = process.args { inside(.findProgram(FindProgram(arguments: arguments)), "/process/args/0") }
        if !isLoadedEarly, !isLoadedLast { planLoading() }
        sync(.ready, from: .inside)
        if let scheduler = process.scheduler {
            let step = try SetScheduler(
                scheduler, hasProcessors: linux.resources?.cpu?.cpus?.isEmpty == false, refusals.add)
            host(.schedule(step), "/process/scheduler")
        }
        if let priority = process.ioPriority {
            host(.prioritizeIO(try SetIOPriority(priority, refusals.add)), "/process/ioPriority")
        }
        for (index, limit) in try ProcessLimit.list(process.rlimits, refusals.add).enumerated() {
            host(.limit(limit), "/process/rlimits/\(index)")
        }
        host(.recordContainer(RecordContainer(pidFile: request.pidFile)))
        sync(.recorded, from: .host)
        inside(.waitForStart(WaitForStart()))
        for hook in try HookRun.list(.startContainer, in: config.hooks, refusals.add) {
            inside(.runHook(InsideHook(run: hook, mask: user.umask)), hook.pointer)
        }
        guard process.args != nil else { return }
        inside(.execute(Execute(loadsFilter: isLoadedLast)), "/process/args")
    }

    /// What the kernel keeps of init and hands on at execve; before seccomp, whose filter may forbid these calls.
    private mutating func planKernelState() throws(Failure) {
        if let personality = linux.personality {
            inside(.personality(try SetPersonality(personality, refusals.add)), "/linux/personality")
        }
        if let policy = linux.memoryPolicy {
            inside(.memoryPolicy(try SetMemoryPolicy(policy, refusals.add)), "/linux/memoryPolicy")
        }
        if let profile = profile { inside(.label(.profile(profile)), "/process/apparmorProfile") }
        if let label = label { inside(.label(.process(label)), "/process/selinuxLabel") }
    }

    /// `process.apparmorProfile`, but for an empty one, which is none.
    var profile: String? { process.apparmorProfile.flatMap { $0.isEmpty ? nil : $0 } }

    /// `process.selinuxLabel`, but for an empty one, which is none.
    var label: String? { process.selinuxLabel.flatMap { $0.isEmpty ? nil : $0 } }

    /// What the kernel must have for this config.json.
    mutating func planKernelChecks() {
        if profile != nil { prepare(.checkKernel(.appArmor), "/process/apparmorProfile") }
        if label != nil { prepare(.checkKernel(.seLinux), "/process/selinuxLabel") }
        if linux.mountLabel?.isEmpty == false { prepare(.checkKernel(.seLinux), "/linux/mountLabel") }
        if linux.intelRdt != nil { prepare(.checkKernel(.resourceControl), "/linux/intelRdt") }
    }

    /// `process.execCPUAffinity` is for `exec`, but a list that is none is wrong already.
    func checkAffinity() throws(Failure) {
        let affinity = process.execCPUAffinity
        for (name, list) in [("initial", affinity?.initial), ("final", affinity?.final)] {
            guard let list, !list.isEmpty, NumberList(list) == nil else { continue }
            try refusals.add(
                Failure(
                    "\(quoted(list)) is not a list of processors such as 0-3,7",
                    pointer: "/process/execCPUAffinity/\(name)", code: .malformedValue))
        }
    }
}
