import Base
import Linux

/// Becomes user and group 0 of the user namespace: until then init has no ids there, and the files it makes would have none.
struct BecomeRoot: Equatable {
    var summary: String { "become user 0 of the user namespace" }

    func perform() throws(Failure) {
        do throws(Failure) {
            try Identity.setresgid(0)
            try Identity.setresuid(0)
        } catch {
            throw error.hinting("the mappings must give the container a user 0 and a group 0")
        }
        // A change of ids may set it again (prctl(2), PR_SET_DUMPABLE).
        try ThisProcess.forbidTracing()
    }
}
