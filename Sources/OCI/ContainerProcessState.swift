/// What the agent at `linux.seccomp.listenerPath` is sent (runtime-spec 1.3, config-linux.md, "The Container Process
/// State").
public struct ContainerProcessState: Equatable, Sendable {
    /// The version of the spec that this text follows.
    public var ociVersion: String
    /// Names of the descriptors that travel beside the text, in their order: `seccompFd`.
    public var fds: [String]
    /// The process, as the runtime sees it.
    public var pid: Int
    /// `linux.seccomp.listenerMetadata`.
    public var metadata: String?
    /// The container's state.
    public var state: State

    /// A process's state with the given properties.
    public init(ociVersion: String, fds: [String], pid: Int, metadata: String? = nil, state: State) {
        self.ociVersion = ociVersion
        self.fds = fds
        self.pid = pid
        self.metadata = metadata
        self.state = state
    }
}

extension ContainerProcessState: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ociVersion", ociVersion)
            json.member("fds", fds)
            json.member("pid", pid)
            json.member("metadata", metadata)
            json.member("state", state)
        }
    }
}
