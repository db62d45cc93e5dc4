/// `hooks` (runtime-spec 1.3, config.md, "POSIX-platform Hooks"): each list runs in its order.
public struct Hooks: Equatable, Sendable {
    /// Deprecated: as `createRuntime`, and before it.
    public var prestart: [Hook]?
    /// During `create`, in the runtime's namespaces, before pivot_root.
    public var createRuntime: [Hook]?
    /// During `create`, in the container's namespaces, before pivot_root.
    public var createContainer: [Hook]?
    /// During `start`, inside the container, before the program.
    public var startContainer: [Hook]?
    /// During `start`, in the runtime's namespaces, after the program has started.
    public var poststart: [Hook]?
    /// During `delete`, in the runtime's namespaces, after the container is gone.
    public var poststop: [Hook]?

    /// Hooks with the given properties; those not given are absent.
    public init(
        prestart: [Hook]? = nil, createRuntime: [Hook]? = nil, createContainer: [Hook]? = nil,
        startContainer: [Hook]? = nil, poststart: [Hook]? = nil, poststop: [Hook]? = nil
    ) {
        self.prestart = prestart
        self.createRuntime = createRuntime
        self.createContainer = createContainer
        self.startContainer = startContainer
        self.poststart = poststart
        self.poststop = poststop
    }
}
