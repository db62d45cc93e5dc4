/// What `exec` does, from top to bottom. As in ``CreateScript``, nothing is decided here.
///
/// The host prepares what needs its own view and rights. Then one clone makes a process in the container's cgroup, but
/// outside its namespaces, so that nobody in the container can see it. This process drops everything that belongs to
/// the host, joins all namespaces in one call, and makes a child. The child is born in the container and becomes what
/// config.json says, by the same steps as init.
enum ExecScript {
    /// What the host does alone.
    @Steps<HostStep>
    static func preparation(_ plan: ExecPlan) -> [Placed<HostStep>] {
        host(.seal(SealedBinary()))
        plan.process.kernelChecks
        plan.callers.connect
        plan.terminal.find
        plan.openCgroup
        plan.seccomp.compile
        plan.initialProcessors
        plan.forbidTracing
    }

    /// What both sides do after the clone.
    @Lines
    static func joint(_ plan: ExecPlan) -> [Line] {
        plan.beginAsUser
        // The new process enters the container, without showing anything of the host to the processes in there.
        inside(.forgetCaller(ForgetCaller()))
        // This must come while no mount of the container covers parts of the host's /proc: in a user namespace, the
        // kernel allows a new procfs only if a whole one is visible.
        plan.openProc
        plan.process.kernelState
        plan.labelAndMakeKeyring
        plan.clearGroups
        plan.joinInit
        plan.changeRoot
        inside(.leaveHost(plan.leaveHost))
        plan.succession

        // Now the process has the rights of the container's root.
        plan.process.startSession
        plan.processors
        plan.becomeRoot
        plan.terminal.open
        plan.terminal.handOver
        ProcessScript.becoming(plan.process, plan.seccomp)
        sync(.ready, from: .inside)

        // The process now waits only for execve. Then it becomes its program.
        plan.process.limits
        plan.callers.handOverPidfd
        plan.recordProcess
        if !plan.request.detach { host(.enterForeground(EnterForeground())) }
        sync(.recorded, from: .host)
        plan.process.execute
        host(.awaitProgram(AwaitProgram()))
    }
}
