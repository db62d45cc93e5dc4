import Base
import Linux

/// Drops the caller's supplementary groups before joining a user namespace. The user namespace may forbid changing
/// them (`setgroups`, user_namespaces(7)), and then the container would keep them for good.
struct ClearGroups: InsideWork, ProcessWork {
    static var word: StaticString { "clear-groups" }

    /// Whether we are already in a user namespace that may forbid it. Then the groups were not ours to drop.
    var isOptional: Bool

    var summary: String { "let go of the caller's supplementary groups" }

    func perform() throws(Failure) {
        do throws(Failure) { try Identity.setgroups([]) } catch  where isOptional && error.errno == .EPERM {}
    }
}
