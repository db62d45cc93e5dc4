import CShim

/// The `O_*` bits of open(2) that the runtime uses; the shim always adds O_CLOEXEC.
public struct OpenFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: CInt

    /// Takes the kernel's bits.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// O_RDONLY, which has no bit.
    public static let readOnly: OpenFlags = []
    /// O_WRONLY
    public static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    /// O_RDWR
    public static let readWrite = OpenFlags(rawValue: O_RDWR)
    /// O_CREAT
    public static let create = OpenFlags(rawValue: O_CREAT)
    /// O_EXCL
    public static let exclusive = OpenFlags(rawValue: O_EXCL)
    /// O_NOCTTY
    public static let noControllingTerminal = OpenFlags(rawValue: O_NOCTTY)
    /// O_TRUNC
    public static let truncate = OpenFlags(rawValue: O_TRUNC)
    /// O_APPEND
    public static let append = OpenFlags(rawValue: O_APPEND)
    /// O_NONBLOCK
    public static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    /// O_SYNC
    public static let synchronous = OpenFlags(rawValue: O_SYNC)
    /// O_TMPFILE: a file without a name, in the directory that is opened
    public static let unnamed = OpenFlags(rawValue: SHIM_O_TMPFILE)
    /// O_PATH
    public static let path = OpenFlags(rawValue: O_PATH)
    /// O_DIRECTORY
    public static let directory = OpenFlags(rawValue: O_DIRECTORY)
    /// O_NOFOLLOW
    public static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
}
