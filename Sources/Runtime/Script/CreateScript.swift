/// What `create` does, from top to bottom: the one place that says the order.
///
/// Nothing is decided here. Each plan has decided its part beforehand, and what has nothing to do has no lines.
enum CreateScript {
    /// What the host does alone, before init exists. First come the checks and connections that can fail and leave nothing
    /// behind; then the id is the container's, and whatever fails afterwards is taken back with it.
    @Steps<HostStep>
    static func preparation(_ plan: CreatePlan) -> [Placed<HostStep>] {
        host(.seal(SealedBinary()))
        plan.root.check
        plan.process.kernelChecks
        plan.kernelChecks
        plan.callers.connect
        plan.terminal.find

        host(.reserveID(plan.reservation))
        host(.makeGate(MakeGate()))
        plan.notifyFolder
        plan.namespaces.open
        plan.cgroup.make
        plan.cgroup.limits
        plan.cgroup.filterDevices
        plan.seccomp.compile

        // Init has another user namespace, or another mount namespace, from its birth on: what only the host can open it
        // opens before.
        plan.root.openTree
        plan.devices.makeNodes
        plan.mounts.openSources

        // Last, for then the host is partly in the container itself.
        plan.namespaces.joinForBirth
        plan.namespaces.newTime
        host(.forbidTracing(ForbidTracing()))
    }

    /// What both sides do, from the moment the host has made init.
    @Lines
    static func joint(_ plan: CreatePlan) -> [Line] {
        // Namespaces fit to live in.
        plan.namespaces.goBack
        plan.namespaces.enterUserNamespace
        inside(.startSession(StartSession()))
        inside(.resetAffinity(ResetAffinity()))
        plan.namespaces.becomeRoot
        plan.namespaces.joinInside
        plan.openProc
        if !plan.request.noNewKeyring {
            plan.process.keyLabel
            plan.process.keyring
        }
        plan.namespaces.newCgroup
        plan.namespaces.raiseLoopback

        // A root with everything in it.
        plan.root.bind
        plan.devices.takeNodes
        plan.mounts.make
        plan.devices.make

        // What the host gives to a container that is all but finished; its hooks see the root where it still is.
        if !plan.hooks.ofHost.isEmpty || !plan.netDevices.isEmpty {
            sync(.isolated, from: .inside)
            plan.netDevices
            plan.hooks.ofHost
            sync(.hooked, from: .host)
        }
        plan.hooks.createContainer
        inside(.forgetCaller(ForgetCaller()))

        // The last look at the host.
        plan.root.change
        plan.terminal.open
        plan.root.workingDirectory
        plan.mounts.seal
        plan.root.seal
        plan.names
        plan.sysctls
        plan.root.hidePaths
        plan.root.returnPropagation

        // Init becomes what the program is to be.
        plan.process.kernelState
        plan.succession
        plan.terminal.handOver
        ProcessScript.becoming(plan.process, plan.seccomp)
        sync(.ready, from: .inside)
        plan.process.limits
        plan.callers.handOverPidfd
        host(.recordContainer(RecordContainer(pidFile: plan.request.pidFile)))
        sync(.recorded, from: .host)
        inside(.waitForStart(WaitForStart()))
        plan.hooks.startContainer
        plan.process.execute
    }
}
