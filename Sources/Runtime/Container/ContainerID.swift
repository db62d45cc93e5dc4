import Base
import CShim
import Linux

/// The name of a container: one or more of `A-Z a-z 0-9 _ + - .`, but not `.` or `..`, which have a meaning in a path.
struct ContainerID: Equatable {
    let text: String

    /// Checks `text`.
    ///
    /// - Throws: ``Failure`` in runc's words, which callers know.
    init(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw Failure("container id cannot be empty", code: .invalidID) }
        guard text != ".", text != "..", text.utf8.allSatisfy(Self.isAllowed) else {
            throw Failure(
                "invalid container ID format: \(quoted(text))",
                hint: "use letters, digits, and _ + - .", code: .invalidID)
        }
        self.text = text
    }

    /// No id, for ``ContainerFolder/none``.
    static let none = ContainerID()

    private init() { text = "" }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }
}
