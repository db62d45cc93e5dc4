import Base
import Linux
import OCI

extension ScriptPlanner {
    /// From a finished root to the container's program.
    ///
    /// The order is runc's, and has reasons: without noNewPrivileges seccomp needs CAP_SYS_ADMIN, so it comes before the
    /// capabilities go; groups come before the user, who could no more change them; the bounding set before the
    /// user, the other sets after; limits last, so that they do not limit us.
    mutating func planProcess() throws(Failure) {
        let noNewPrivileges = process.noNewPrivileges ?? false
        let hasFilter = linux.seccomp != nil
        let user = try UserIdentity(process.user, isInUserNamespace: namespaces.hasUser)
        let directory = WorkingDirectory(path: process.cwd)
        inside(.workingDirectory(directory), "/process/cwd")
        if environment.needsHome { inside(.findHome(FindHome(uid: user.uid)), "/process/env") }
        if hasFilter, !noNewPrivileges { inside(.loadSeccomp(LoadSeccomp()), "/linux/seccomp") }
        inside(.boundCapabilities(capabilities.bounding), "/process/capabilities/bounding")
        inside(.becomeUser(user), "/process/user")
        inside(.grantCapabilities(capabilities.grant), "/process/capabilities")
        if noNewPrivileges { inside(.forbidNewPrivileges(ForbidNewPrivileges()), "/process/noNewPrivileges") }
        inside(.verifyDirectory(VerifyDirectory(directory: directory)), "/process/cwd")
        inside(.findProgram(FindProgram(arguments: process.args ?? [])), "/process/args/0")
        sync(.ready, from: .inside)
        for (index, limit) in try ProcessLimit.list(process.rlimits).enumerated() {
            host(.limit(limit), "/process/rlimits/\(index)")
        }
        host(.recordContainer(RecordContainer(pidFile: request.pidFile)))
        sync(.recorded, from: .host)
        inside(.waitForStart(WaitForStart()))
        for hook in try HookRun.list(.startContainer, in: config.hooks) {
            inside(.runHook(InsideHook(run: hook, mask: user.umask)), hook.pointer)
        }
        inside(.execute(Execute(loadsFilter: hasFilter && noNewPrivileges)), "/process/args")
    }
}
