import Base
import Linux

/// Becomes user and group 0 of the user namespace. Until then init's ids are not mapped there, and the files it makes
/// would have no owner.
struct BecomeRoot: InsideWork, ProcessWork {
    static var word: StaticString { "become-root" }

    var summary: String { "become user 0 of the user namespace" }

    func perform() throws(Failure) {
        do throws(Failure) {
            try Identity.setresgid(0)
            try Identity.setresuid(0)
        } catch {
            throw error.hinting("the mappings must give the container a user 0 and a group 0")
        }
        // A change of ids may make us dumpable again (prctl(2), PR_SET_DUMPABLE).
        try ThisProcess.forbidTracing()
    }
}
