import Base
import OCI

/// Finds errors that only follow from an error in the text. If a value cannot be read, it counts as absent or gets a
/// stand-in, and further problems with it are not worth reporting.
struct FollowOnErrors {
    /// The places of the values that could not be read.
    private var unread: [String]
    private var hasUnreadNamespace: Bool

    /// - Parameter unread: The places, as in ``JSONFindings/unread``.
    init(of unread: [String]) {
        self.unread = unread
        hasUnreadNamespace = unread.contains { Self.isBelow($0, "/linux/namespaces") }
    }

    /// Whether the problem may exist only because something could not be read.
    func include(_ failure: Failure) -> Bool {
        if hasUnreadNamespace, Self.isAboutNamespaces(failure.code) { return true }
        let pointer = failure.pointer ?? ""
        return unread.contains { Self.follows(pointer, from: $0) }
    }

    /// A rule about an entry of a list may have looked at any part of the entry. A rule about a property of a smaller
    /// object may have looked at its neighbours.
    private static func follows(_ pointer: String, from unread: String) -> Bool {
        if isBelow(pointer, unread) { return true }
        if let entry = entry(around: unread), isBelow(pointer, entry) { return true }
        let parts = Path.parts(unread)
        guard parts.count > 2 else { return false }
        let object = "/" + parts.dropLast().joined(separator: "/")
        return isBelow(pointer, object) && Path.parts(pointer).count <= parts.count
    }

    /// Whether the rule is about namespaces, which affect properties far away from them.
    private static func isAboutNamespaces(_ code: Failure.Code?) -> Bool {
        switch code {
        case .missingNamespace, .sharedNetwork, .duplicateNamespace, .missingCompanion: true
        default: false
        }
    }

    /// Whether `pointer` is `place` or lies below it.
    private static func isBelow(_ pointer: String, _ place: String) -> Bool {
        guard pointer.utf8.starts(with: place.utf8) else { return false }
        let rest = pointer.utf8.dropFirst(place.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// The innermost list entry that contains the place; the place itself does not count.
    private static func entry(around pointer: String) -> String? {
        var parts = Path.parts(pointer)
        parts.removeLast()
        while let last = parts.last {
            if parts.count > 1, last.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                return "/" + parts.joined(separator: "/")
            }
            parts.removeLast()
        }
        return nil
    }
}
