/// One entry of `process.rlimits`, for prlimit(2).
public struct Rlimit: Equatable, Sendable {
    /// The limit's name in getrlimit(2), such as `RLIMIT_NOFILE`.
    public var type: String
    /// What is enforced; 2^64-1 means no limit.
    public var soft: UInt64
    /// The ceiling; 2^64-1 means none.
    public var hard: UInt64

    /// A limit with all its properties.
    public init(type: String, soft: UInt64, hard: UInt64) {
        self.type = type
        self.soft = soft
        self.hard = hard
    }
}
