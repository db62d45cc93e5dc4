import CShim

/// An error number of the kernel (errno(3)), and the C library's words for it.
public struct Errno: RawRepresentable, Equatable, Hashable, Sendable {
    /// The number, above 0.
    public var rawValue: CInt

    /// Takes a positive number: the kernel's negative answer, negated.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// The C library's words in lower case, as Go prints them: `no such file or directory`. Callers match on them
    /// (facts: containerd, Docker and Podman pick an exit status by these words).
    public var words: String {
        guard let text = shim_error_words(rawValue) else { return "errno \(rawValue)" }
        var words = String(cString: text)
        // Only the first word is a capital in the C library's table, but for names such as "RFS".
        if let first = words.utf8.first, first >= 0x41, first <= 0x5A,
            words.utf8.dropFirst().first.map(isLower) ?? false
        {
            words.replaceSubrange(...words.startIndex, with: [Character(Unicode.Scalar(first + 0x20))])
        }
        return words
    }

    /// `EPERM`, or the number where it has no name.
    public var name: String {
        guard let text = shim_error_name(rawValue) else { return "\(rawValue)" }
        return String(cString: text)
    }

    private func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
}

// The numbers the runtime decides by. They are the same on every Linux architecture that Swift knows.
extension Errno {
    public static let EPERM = Errno(rawValue: 1)
    public static let ENOENT = Errno(rawValue: 2)
    public static let ESRCH = Errno(rawValue: 3)
    public static let EINTR = Errno(rawValue: 4)
    public static let EIO = Errno(rawValue: 5)
    public static let ENXIO = Errno(rawValue: 6)
    public static let E2BIG = Errno(rawValue: 7)
    public static let ENOEXEC = Errno(rawValue: 8)
    public static let EBADF = Errno(rawValue: 9)
    public static let ECHILD = Errno(rawValue: 10)
    public static let EAGAIN = Errno(rawValue: 11)
    public static let ENOMEM = Errno(rawValue: 12)
    public static let EACCES = Errno(rawValue: 13)
    public static let EBUSY = Errno(rawValue: 16)
    public static let EEXIST = Errno(rawValue: 17)
    public static let ENODEV = Errno(rawValue: 19)
    public static let ENOTDIR = Errno(rawValue: 20)
    public static let EISDIR = Errno(rawValue: 21)
    public static let EINVAL = Errno(rawValue: 22)
    public static let ENOTTY = Errno(rawValue: 25)
    public static let ENOSPC = Errno(rawValue: 28)
    public static let EROFS = Errno(rawValue: 30)
    public static let EPIPE = Errno(rawValue: 32)
    public static let ENAMETOOLONG = Errno(rawValue: 36)
    public static let ENOSYS = Errno(rawValue: 38)
    public static let ENOTEMPTY = Errno(rawValue: 39)
    public static let ELOOP = Errno(rawValue: 40)
    public static let EPROTOTYPE = Errno(rawValue: 91)
    public static let EOPNOTSUPP = Errno(rawValue: 95)
    public static let ECONNRESET = Errno(rawValue: 104)
    public static let ETIMEDOUT = Errno(rawValue: 110)
    public static let ECONNREFUSED = Errno(rawValue: 111)
}
