import CShim

/// An error number of the kernel (errno(3)), and the C library's words for it.
public struct Errno: RawRepresentable, Equatable, Hashable, Sendable {
    /// The number, above 0.
    public var rawValue: CInt

    /// Takes a positive number: the kernel's negative answer with its sign changed.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// The C library's words in lower case, as Go prints them: `no such file or directory`. Callers match on them
    /// (WhatCallersRun, "How errors are read").
    public var text: String {
        guard let words = shim_error_words(rawValue) else { return "errno \(rawValue)" }
        var text = String(cString: words)
        // In the C library's table the first word begins with a capital letter. Keep it in names such as "RFS".
        if let first = text.utf8.first, first >= 0x41, first <= 0x5A,
            text.utf8.dropFirst().first.map(isLower) ?? false
        {
            text.replaceSubrange(...text.startIndex, with: [Character(Unicode.Scalar(first + 0x20))])
        }
        return text
    }

    /// `EPERM`, or the number if the error has no name.
    public var name: String {
        guard let text = shim_error_name(rawValue) else { return "\(rawValue)" }
        return String(cString: text)
    }

    private func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
}

// The error numbers that the runtime, or a test of it, compares answers with.
extension Errno {
    public static let EPERM = Errno(rawValue: CShim.EPERM)
    public static let ENOENT = Errno(rawValue: CShim.ENOENT)
    public static let ESRCH = Errno(rawValue: CShim.ESRCH)
    public static let EINTR = Errno(rawValue: CShim.EINTR)
    public static let EIO = Errno(rawValue: CShim.EIO)
    public static let ENXIO = Errno(rawValue: CShim.ENXIO)
    public static let E2BIG = Errno(rawValue: CShim.E2BIG)
    public static let ENOEXEC = Errno(rawValue: CShim.ENOEXEC)
    public static let EBADF = Errno(rawValue: CShim.EBADF)
    public static let EAGAIN = Errno(rawValue: CShim.EAGAIN)
    public static let ENOMEM = Errno(rawValue: CShim.ENOMEM)
    public static let EACCES = Errno(rawValue: CShim.EACCES)
    public static let EBUSY = Errno(rawValue: CShim.EBUSY)
    public static let EEXIST = Errno(rawValue: CShim.EEXIST)
    public static let ENODEV = Errno(rawValue: CShim.ENODEV)
    public static let ENOTDIR = Errno(rawValue: CShim.ENOTDIR)
    public static let EISDIR = Errno(rawValue: CShim.EISDIR)
    public static let EINVAL = Errno(rawValue: CShim.EINVAL)
    public static let ENOTTY = Errno(rawValue: CShim.ENOTTY)
    public static let ENOSPC = Errno(rawValue: CShim.ENOSPC)
    public static let EROFS = Errno(rawValue: CShim.EROFS)
    public static let EPIPE = Errno(rawValue: CShim.EPIPE)
    public static let ENAMETOOLONG = Errno(rawValue: CShim.ENAMETOOLONG)
    public static let ENOSYS = Errno(rawValue: CShim.ENOSYS)
    public static let ELOOP = Errno(rawValue: CShim.ELOOP)
    public static let EPROTOTYPE = Errno(rawValue: CShim.EPROTOTYPE)
    public static let EOPNOTSUPP = Errno(rawValue: CShim.EOPNOTSUPP)
    public static let ECONNRESET = Errno(rawValue: CShim.ECONNRESET)
    public static let ETIMEDOUT = Errno(rawValue: CShim.ETIMEDOUT)
    public static let ECONNREFUSED = Errno(rawValue: CShim.ECONNREFUSED)
}
