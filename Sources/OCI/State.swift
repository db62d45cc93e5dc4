/// The state of a container (runtime-spec 1.3, runtime.md, "State"): what hooks read on their standard input, and, with
/// the last four properties, what `state` and `list` print.
public struct State: Equatable, Sendable {
    /// The version of the spec that this text follows.
    public var ociVersion: String
    /// The container's id.
    public var id: String
    /// What it is doing.
    public var status: Status
    /// Its first process, numbered as the reader of this text sees it; absent where there is none.
    public var pid: Int?
    /// The absolute path of the bundle.
    public var bundle: String
    /// The annotations of config.json.
    public var annotations: Annotations?
    /// The root filesystem's absolute path on the host, as crun names it; some hooks look for it.
    public var root: String?
    /// The same path, as runc names it.
    public var rootfs: String?
    /// When it was made: RFC 3339, UTC.
    public var created: String?
    /// The user who made it.
    public var owner: String?

    /// A state with the given properties; the others are absent.
    public init(
        ociVersion: String, id: String, status: Status, pid: Int? = nil, bundle: String,
        annotations: Annotations? = nil, root: String? = nil, rootfs: String? = nil, created: String? = nil,
        owner: String? = nil
    ) {
        self.ociVersion = ociVersion
        self.id = id
        self.status = status
        self.pid = pid
        self.bundle = bundle
        self.annotations = annotations
        self.root = root
        self.rootfs = rootfs
        self.created = created
        self.owner = owner
    }

    /// What a container is doing: the spec's four, and `paused`, which every runtime has.
    public enum Status: String, SpecWord {
        case creating, created, running, paused, stopped

        /// What an error calls it.
        public static var noun: StaticString { "status" }
    }
}

extension State: JSONWritable {
    /// Writes what hooks read, in the spec's order.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ociVersion", ociVersion)
            json.member("id", id)
            json.member("status", status)
            json.member("pid", pid)
            json.member("bundle", bundle)
            json.member("annotations", annotations)
            json.member("root", root)
        }
    }

    /// What `state` prints and `list` has an array of: other properties than for hooks, in runc's order, and a pid of 0
    /// where there is no process.
    public struct Report: JSONWritable, Equatable, Sendable {
        /// The state that is told.
        public var state: State

        /// A report of `state`.
        public init(_ state: State) { self.state = state }

        /// Writes the properties that are there.
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
