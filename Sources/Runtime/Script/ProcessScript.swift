/// How a process becomes what config.json says: the same steps for init and for the process of `exec`.
enum ProcessScript {
    /// The steps after the root is ready. They finish the process, except for its limits and the seccomp filter.
    ///
    /// The order has reasons. Groups come before the user, because the user could no longer change them (setgroups(2)).
    /// The bounding set comes before the user and the other sets after it, because a change of user clears them
    /// (capabilities(7)). The program is looked for with the rights that it will have. Limits come last, so that they
    /// do not limit us, except those that only root may set. The filter comes after all that, right before execve(2):
    /// each system call made under the filter is one that a profile must allow, even if the program itself never makes
    /// it.
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
