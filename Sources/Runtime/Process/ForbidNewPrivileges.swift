import Base
import Linux

/// Sets `noNewPrivileges`: from then on execve grants no privileges through set-id bits or file capabilities (prctl(2),
/// PR_SET_NO_NEW_PRIVS).
struct ForbidNewPrivileges: InsideWork, ProcessWork {
    static var word: StaticString { "forbid-new-privileges" }

    var summary: String { "set no_new_privs" }

    func perform() throws(Failure) { try ThisProcess.forbidNewPrivileges() }
}
