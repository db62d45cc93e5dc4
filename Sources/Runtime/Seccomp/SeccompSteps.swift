import Base
import Linux

/// Compiles the seccomp filter on the host; init inherits it with the memory.
struct CompileSeccomp: Equatable {
    var profile: SeccompProfile

    var summary: String { "compile the \(profile.summary)" }

    func perform(_ session: inout HostSession) throws(Failure) { session.filter = try profile.compile().filter }
}

/// Loads the filter while init still has CAP_SYS_ADMIN: without noNewPrivileges the kernel wants it (seccomp(2)).
struct LoadSeccomp: Equatable {
    var summary: String { "load the seccomp filter" }

    func perform(_ session: inout InsideSession) throws(Failure) { try session.filter?.load() }
}

/// `noNewPrivileges`: execve grants nothing, by set-id bits or file capabilities (prctl(2), PR_SET_NO_NEW_PRIVS).
struct ForbidNewPrivileges: Equatable {
    var summary: String { "set no_new_privs" }

    func perform() throws(Failure) { try ProcessAttribute.forbidNewPrivileges() }
}
