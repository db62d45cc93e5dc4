/// `process.execCPUAffinity`: lists of processors such as `0-3,7`, for `exec` only.
public struct ExecCPUAffinity: Equatable, Sendable {
    /// Before the process enters the container's cgroup.
    public var initial: String?
    /// After it; absent or empty leaves what the kernel decided.
    public var final: String?

    /// An affinity with the given properties; those not given are absent.
    public init(initial: String? = nil, final: String? = nil) {
        self.initial = initial
        self.final = final
    }
}
