import Base
import Linux

/// Makes namespaces that init must make itself, since it had to join others first.
struct UnshareNamespaces: InsideWork, ProcessWork {
    static var word: StaticString { "unshare" }

    var namespaces: NamespaceFlags

    var summary: String { "make new namespaces: \(namespaces.words.joined(separator: ", "))" }

    func perform() throws(Failure) {
        try unshare(namespaces)
        // New credentials may have made us dumpable, and so traceable by processes of the container (prctl(2),
        // PR_SET_DUMPABLE).
        if namespaces.contains(.user) { try ThisProcess.forbidTracing() }
    }
}
