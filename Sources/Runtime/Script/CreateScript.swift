/// What `create` does, from top to bottom. This is the place that says the order of the parts; each plan orders its own
/// lines.
///
/// Each plan has already decided its part; a plan with nothing to do adds no lines. Only the meeting for hooks is
/// left out here.
enum CreateScript {
    /// What the host does alone, before init exists. First come the checks and connections, which can fail without
    /// leaving anything behind. Then the host takes the id; if a later step fails, the host undoes everything from
    /// there on.
    @Steps<HostStep>
    static func preparation(_ plan: CreatePlan) -> [Placed<HostStep>] {
        host(.seal(SealedBinary()))
        plan.root.check
        plan.process.kernelChecks
        plan.kernelChecks
        plan.callers.connect
        plan.terminal.find

        host(.reserveID(plan.reservation))
        plan.makeGate
        plan.notifyFolder
        plan.namespaces.open
        plan.cgroup.make
        plan.cgroup.limits
        plan.cgroup.filterDevices
        plan.seccomp.compile

        // Init may leave the host's user or mount namespace. The host must open now what only the host can open.
        plan.root.openTree
        plan.devices.makeNodes
        plan.mounts.openSources

        // These come last, because after them the host itself is partly in the container.
        plan.namespaces.joinForBirth
        plan.namespaces.newTime
        plan.forbidTracing
    }

    /// What both sides do after the host has made init.
    @Lines
    static func joint(_ plan: CreatePlan) -> [Line] {
        plan.cgroup.release
        // First, init gets its namespaces.
        plan.begin
        plan.namespaces.enterUserNamespace
        plan.process.startSession
        inside(.resetAffinity(ResetAffinity()))
        plan.namespaces.becomeRoot
        plan.namespaces.joinInside
        plan.openProc
        plan.keyring
        // Not by the clone: the root of a cgroup namespace is the cgroup of its maker (cgroup_namespaces(7)).
        plan.namespaces.newCgroup
        plan.namespaces.raiseLoopback

        // Then init builds the container's root and its mounts.
        plan.root.bind
        plan.devices.takeNodes
        plan.mounts.make
        plan.devices.make

        // Now the host adds what it gives to the container. Its hooks still see the root at its old place.
        if !plan.hooks.ofHost.isEmpty || !plan.netDevices.isEmpty {
            sync(.isolated, from: .inside)
            plan.netDevices
            plan.hooks.ofHost
            sync(.hooked, from: .host)
        }
        plan.hooks.createContainer
        inside(.forgetCaller(ForgetCaller()))

        // The next line takes the host's files away from init.
        plan.root.change
        plan.terminal.open
        plan.root.workingDirectory
        plan.mounts.makeReadOnly
        plan.root.makeReadOnly
        plan.names
        plan.sysctls
        plan.root.hidePaths
        plan.root.setRootPropagation

        // Finally init takes on the properties of the program. The labels need the procfs that a succession closes.
        plan.process.kernelState
        plan.succession
        plan.terminal.handOver
        ProcessScript.becoming(plan.process, plan.seccomp)
        sync(.ready, from: .inside)
        plan.process.limits
        plan.callers.handOverPidfd
        host(.recordContainer(RecordContainer(pidFile: plan.request.pidFile)))
        plan.enterForeground
        sync(.recorded, from: .host)
        plan.waitForStart
        plan.hooks.startContainer
        plan.process.execute
        plan.awaitProgram
    }
}

/// How a process becomes what config.json says: the same steps for init and for the process of `exec`.
enum ProcessScript {
    /// The steps after the root is ready. They finish the process, except for its limits and the seccomp filter.
    ///
    /// The order has reasons. Groups come before the user, because the user could no longer change them (setgroups(2)).
    /// The bounding set comes before the user, because changing it needs CAP_SETPCAP. The other sets come after the
    /// user, because a change from root to another user clears them (capabilities(7)). The program is looked for with
    /// the rights that it will have. The host sets the limits after all this, so that they do not limit these steps; if
    /// the host may not, the process sets them itself while it is still root. The filter comes last, right before
    /// execve(2): each system call made under the filter is one that a profile must allow, even if the program itself
    /// never makes it. Only a filter with a listener is loaded here (``SeccompPlan/listen``).
    @Lines
    static func becoming(_ plan: ProcessPlan, _ seccomp: SeccompPlan) -> [Line] {
        plan.enterDirectory
        plan.findHome
        plan.chownStreams
        plan.limitsByProcess
        plan.bound
        plan.becomeUser
        plan.forbidTracing
        plan.grant
        plan.forbidNewPrivileges
        plan.allowOwner
        plan.verifyDirectory
        plan.findProgram
        seccomp.listen
    }
}
