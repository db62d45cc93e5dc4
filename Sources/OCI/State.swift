import Base

/// The state of a container (runtime-spec 1.3, runtime.md, "State"), as hooks read it from their standard input.
/// `state` and `list` print a ``Report`` of it, which also has the last three properties.
public struct State: JSONObject {
    /// The version of the standard that this text follows.
    public var ociVersion = ""
    /// The container's id.
    public var id = ""
    /// What the container is doing.
    public var status = Status.creating
    /// The container's first process, numbered as the reader of this text sees it; absent if there is no process.
    public var pid: Int?
    /// The absolute path of the bundle.
    public var bundle = ""
    /// The annotations of config.json.
    public var annotations: Annotations?
    /// The root filesystem's absolute path on the host, under crun's name for it; some hooks look for it.
    public var root: String?
    /// The same path under runc's name for it.
    public var rootfs: String?
    /// When the container was made: RFC 3339, UTC.
    public var created: String?
    /// The user who made the container.
    public var owner: String?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("ociVersion", &ociVersion)
        try m.required("id", &id)
        try m.required("status", &status)
        try m.optional("pid", &pid)
        try m.required("bundle", &bundle)
        try m.annotations("annotations", &annotations)
        try m.optional("root", &root)
    }

    /// What a container is doing: the four words of the standard, and `paused`, which every runtime has.
    public enum Status: String, SpecWord {
        case creating, created, running, paused, stopped

        /// Its name in error messages.
        public static var noun: StaticString { "status" }
    }
}

extension State {
    /// What `state` prints, and what `list` prints an array of. It has other properties than hooks get, in runc's
    /// order, and the pid is 0 if there is no process.
    public struct Report: JSONWritable, Equatable, Sendable {
        /// The state to report.
        public var state: State

        /// Makes a report of `state`.
        public init(_ state: State) { self.state = state }

        /// Writes the properties that are not absent.
        public func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("ociVersion", state.ociVersion)
                json.member("id", state.id)
                json.member("pid", state.pid ?? 0)
                json.member("status", state.status)
                json.member("bundle", state.bundle)
                json.member("rootfs", state.rootfs)
                json.member("created", state.created)
                json.member("annotations", state.annotations)
                json.member("owner", state.owner)
            }
        }
    }
}

/// The message to the agent at `linux.seccomp.listenerPath` (runtime-spec 1.3, config-linux.md, "The Container Process
/// State").
public struct ContainerProcessState: JSONObject {
    /// The version of the standard that this text follows.
    public var ociVersion = ""
    /// The names of the descriptors that are sent with the text, in their order: `seccompFd`.
    public var fds: [String] = []
    /// The pid of the process, as the runtime sees it.
    public var pid = 0
    /// `linux.seccomp.listenerMetadata`.
    public var metadata: String?
    /// The container's state.
    public var state = State()

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("ociVersion", &ociVersion)
        try m.required("fds", &fds)
        try m.required("pid", &pid)
        try m.optional("metadata", &metadata)
        try m.required("state", &state)
    }
}
