/// How a process becomes what config.json says of it: the same for init and for a process of `exec`.
enum ProcessScript {
    /// From a root that is there to a process that is all it has to be, but for its limits and the seccomp filter.
    ///
    /// The order has reasons. Groups come before the user, who could no longer change them (setgroups(2)). The bounding set comes
    /// before the user, the other sets after, since a change of user clears them (capabilities(7)). The program is looked for
    /// with the rights that it will have. Limits come last, so that they do not limit us, unless only root may set them. The
    /// filter comes after all of that, right before execve(2): the fewer system calls are made under it, the fewer a profile
    /// has to allow that the program itself may never make.
    @Lines
    static func becoming(_ plan: ProcessPlan, _ seccomp: SeccompPlan) -> [Line] {
        plan.enterDirectory
        plan.findHome
        plan.chownStreams
        plan.ownLimits
        plan.bound
        plan.becomeUser
        plan.forbidTracing
        plan.grant
        plan.forbidNewPrivileges
        plan.verifyDirectory
        plan.findProgram
        seccomp.listen
    }
}
