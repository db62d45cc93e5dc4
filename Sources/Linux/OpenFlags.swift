/// The `O_*` bits of open(2) that the runtime uses; close-on-exec is always added by the shim.
///
/// The values are those of x86_64 and of arm64 where they agree; the three that differ are chosen when compiling.
public struct OpenFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: CInt

    /// Takes the kernel's bits.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// O_RDONLY, which is no bit at all.
    public static let readOnly: OpenFlags = []
    /// O_WRONLY
    public static let writeOnly = OpenFlags(rawValue: 0o1)
    /// O_RDWR
    public static let readWrite = OpenFlags(rawValue: 0o2)
    /// O_CREAT
    public static let create = OpenFlags(rawValue: 0o100)
    /// O_EXCL
    public static let exclusive = OpenFlags(rawValue: 0o200)
    /// O_NOCTTY
    public static let noControllingTerminal = OpenFlags(rawValue: 0o400)
    /// O_TRUNC
    public static let truncate = OpenFlags(rawValue: 0o1000)
    /// O_APPEND
    public static let append = OpenFlags(rawValue: 0o2000)
    /// O_NONBLOCK
    public static let nonBlocking = OpenFlags(rawValue: 0o4000)
    /// O_SYNC
    public static let synchronous = OpenFlags(rawValue: 0o4010000)
    /// O_TMPFILE: a file without a name, in the directory that is opened
    public static let unnamed = OpenFlags(rawValue: 0o20000000).union(.directory)
    /// O_PATH
    public static let path = OpenFlags(rawValue: 0o10000000)
    #if arch(arm64)
        /// O_DIRECTORY
        public static let directory = OpenFlags(rawValue: 0o40000)
        /// O_NOFOLLOW
        public static let noFollow = OpenFlags(rawValue: 0o100000)
    #else
        /// O_DIRECTORY
        public static let directory = OpenFlags(rawValue: 0o200000)
        /// O_NOFOLLOW
        public static let noFollow = OpenFlags(rawValue: 0o400000)
    #endif
}
