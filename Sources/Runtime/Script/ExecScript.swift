/// What `exec` does, from top to bottom. As in ``CreateScript`` nothing is decided here.
///
/// The host prepares what needs its own eyes and rights; one clone makes a process in the container's cgroup, which nobody in
/// the container sees. It lets go of what is the host's, joins all namespaces in one call, and makes a child, which is born in
/// the container and becomes what config.json says, by the steps of init.
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
        host(.forbidTracing(ForbidTracing()))
    }

    /// What both do, from the clone on.
    @Lines
    static func joint(_ plan: ExecPlan) -> [Line] {
        // From the clone to a process that stands in the container, and shows nothing of the host to anybody in there.
        inside(.forgetCaller(ForgetCaller()))
        // While nothing of the container covers the host's: in a user namespace the kernel wants to see a whole procfs.
        plan.openProc
        plan.process.kernelState
        plan.labelAndMakeKeyring
        plan.clearGroups
        plan.joinInit
        plan.changeRoot
        inside(.leaveHost(plan.leaveHost))
        plan.succession

        // What the process does as the container's root.
        inside(.startSession(StartSession()))
        plan.processors
        plan.becomeRoot
        plan.terminal.open
        plan.terminal.handOver
        ProcessScript.becoming(plan.process, plan.seccomp)
        sync(.ready, from: .inside)

        // From a process that waits for nothing but execve to its program.
        plan.process.limits
        plan.callers.handOverPidfd
        plan.recordProcess
        if !plan.request.detach { host(.enterForeground(EnterForeground())) }
        sync(.recorded, from: .host)
        plan.process.execute
        host(.awaitProgram(AwaitProgram()))
    }
}
