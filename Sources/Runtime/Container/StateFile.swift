import Base
import OCI

/// The record of a container, `state.json`. Its keys are those of runc, so that tools which read runc's file also
/// understand this one.
///
/// Callers do not repeat the options of `create` in later commands. What those commands need to find the container
/// again is here.
struct StateFile: Equatable {
    var id: String
    /// The pid of init in the pid namespace of the process that made the container; nil while the container is being
    /// made.
    var pid: Int32?
    /// The start time of init: field 22 of /proc/PID/stat, in clock ticks since boot.
    var start: UInt64?
    /// The time of `create`: RFC 3339 with nanoseconds, UTC.
    var created: String
    var ociVersion: String
    /// Absolute.
    var bundle: String
    /// Absolute.
    var rootfs: String
    var annotations: Annotations?
    /// The container's cgroup, below the cgroup2 mount: `/apus/one`. The text is as recorded, so it may not be the path
    /// of a cgroup.
    var cgroup: String?
    /// The unit in which systemd keeps the cgroup; nil if we made it.
    var unit: Unit?
    /// The kinds of namespace that the container does not share with the runtime.
    var namespaces: [Namespace] = []
    /// The inode number of init's user namespace; nil if the container is in the runtime's own.
    var userNamespace: UInt64?
    var isRootless = false
    /// `--no-new-keyring`: the container's processes stay in the session keyring of their caller.
    var noNewKeyring = false
    /// Whether runc made the container, before apus took its place. Its record has no `bundle` of its own; its folder
    /// has no config.json, and another gate.
    var isOfRunc = false

    /// A unit of systemd: of the host's, or of a user's.
    struct Unit: Equatable {
        var name: String
        var isUser: Bool
    }

    /// Whether init is the first process of a pid namespace of its own. When such an init ends, the kernel kills all
    /// other processes in the namespace (pid_namespaces(7)).
    var hasPrivatePIDs: Bool { namespaces.contains { $0.type == .pid && $0.path?.isEmpty ?? true } }

    /// Returns what `state` prints and what hooks get on their standard input.
    ///
    /// - Parameter pid: The pid of init if the record does not have the right one: for hooks that run before it is
    ///   recorded, and for hooks inside.
    func state(_ status: State.Status, pid: Int32? = nil, owner: String? = nil) -> State {
        State {
            $0.ociVersion = ociVersion
            $0.id = id
            $0.status = status
            $0.pid = status == .stopped ? 0 : Int(pid ?? self.pid ?? 0)
            $0.bundle = bundle
            $0.annotations = annotations
            $0.rootfs = rootfs
            $0.created = created
            $0.owner = owner
        }
    }
}

extension StateFile: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("id", id)
            json.member("init_process_pid", pid ?? 0)
            json.member("init_process_start", start ?? 0)
            json.member("created", created)
            json.member("config", Configuration(file: self))
            json.member("rootless", isRootless)
            json.member("user_namespace", userNamespace)
            json.member("cgroup_paths", cgroup.map { ["": CgroupPath.mountPoint + $0] as Entries<String> })
            json.member("systemd_unit", unit?.name)
            json.member("systemd_user", unit?.isUser)
            json.member("namespace_paths", pid.map(namespacePaths))
            json.member("ociVersion", ociVersion)
            json.member("bundle", bundle)
            json.member("rootfs", rootfs)
            json.member("annotations", annotations)
        }
    }

    private func namespacePaths(of pid: Int32) -> Entries<String> {
        var paths = Entries<String>()
        for kind in Namespace.Kind.allCases { paths[kind.libraryName] = "/proc/\(pid)/ns/\(kind.file)" }
        return paths
    }

    /// The part of libcontainer's `config` that readers of runc's file look for.
    private struct Configuration: JSONWritable {
        let file: StateFile

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("rootfs", file.rootfs)
                json.member("namespaces", file.namespaces.map(NamespaceEntry.init))
                json.member("no_new_keyring", file.noNewKeyring)
                json.member("labels", ["bundle=\(file.bundle)"])
            }
        }
    }

    fileprivate struct NamespaceEntry: JSONWritable {
        let namespace: Namespace

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("type", namespace.type.libraryName)
                json.member("path", namespace.path ?? "")
            }
        }
    }
}

extension Namespace.Kind {
    /// The word of runc for this kind in state.json.
    fileprivate var libraryName: String {
        switch self {
        case .pid: "NEWPID"
        case .network: "NEWNET"
        case .mount: "NEWNS"
        case .ipc: "NEWIPC"
        case .uts: "NEWUTS"
        case .user: "NEWUSER"
        case .cgroup: "NEWCGROUP"
        case .time: "NEWTIME"
        }
    }
}

extension StateFile: JSONReadable {
    init(_ json: inout JSONReader) throws(Failure) {
        var file = StateFile(id: "", created: "", ociVersion: "", bundle: "", rootfs: "")
        var unit: String?
        var isUserUnit = false
        var configuration = RecordedConfiguration()
        try json.object { json, key throws(Failure) in
            switch key {
            case "id": file.id = try json.string()
            case "init_process_pid": file.pid = try json.integer(Int32.self)
            case "init_process_start": file.start = try json.integer(UInt64.self)
            case "created": file.created = try json.string()
            case "config": configuration = try RecordedConfiguration(&json)
            case "rootless": file.isRootless = try json.boolean()
            case "user_namespace": file.userNamespace = try json.integer(UInt64.self)
            case "cgroup_paths":
                file.cgroup = Self.cgroup(try Entries<String>(&json))
            case "systemd_unit": unit = try json.string()
            case "systemd_user": isUserUnit = try json.boolean()
            case "ociVersion": file.ociVersion = try json.string()
            case "bundle": file.bundle = try json.string()
            case "rootfs": file.rootfs = try json.string()
            case "annotations": file.annotations = try json.annotations()
            default: try json.skip()
            }
        }
        if file.pid == 0 { file.pid = nil }
        file.unit = unit.map { Unit(name: $0, isUser: isUserUnit) }
        file.take(configuration)
        self = file
    }

    /// Takes from runc's `config` what the record itself has only if apus wrote it.
    private mutating func take(_ configuration: RecordedConfiguration) {
        namespaces = configuration.namespaces
        noNewKeyring = configuration.noNewKeyring
        guard bundle.isEmpty else { return }
        isOfRunc = true
        ociVersion = configuration.version
        rootfs = configuration.rootfs
        var annotations = Annotations()
        for label in configuration.labels {
            guard let sign = label.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(label[..<sign]), value = String(label[label.utf8.index(after: sign)...])
            if key == "bundle" { bundle = value } else { annotations[key] = value }
        }
        if !annotations.isEmpty { self.annotations = annotations }
    }

    /// The cgroup in a record: that of cgroup v2 has no name. A container of cgroup v1, which runc can make, has one
    /// for each controller; apus keeps the words, which name no cgroup, so that nothing is done by halves.
    private static func cgroup(_ paths: Entries<String>) -> String? {
        if let path = paths[""] { return belowMount(path) }
        return paths.first.map { "of cgroup v1: \($0.value)" }
    }

    /// Turns a recorded path into one below the cgroup2 mount. A path elsewhere stays whole, behind words that no path
    /// begins with, so that ``CgroupPath/init(recorded:)`` refuses it.
    private static func belowMount(_ path: String) -> String {
        let mount = CgroupPath.mountPoint + "/"
        guard path.utf8.starts(with: mount.utf8) else { return "not below \(mount): \(path)" }
        return String(Substring(path.utf8.dropFirst(mount.utf8.count - 1)))
    }
}

/// The part of libcontainer's `config` that is read back.
private struct RecordedConfiguration: JSONReadable {
    var namespaces: [Namespace] = []
    var noNewKeyring = false
    var rootfs = ""
    /// `KEY=VALUE` for each annotation, and for the bundle.
    var labels: [String] = []
    var version = ""

    init() {}

    init(_ json: inout JSONReader) throws(Failure) {
        var read = RecordedConfiguration()
        try json.object { json, key throws(Failure) in
            switch key {
            case "namespaces":
                read.namespaces = try json.array { json throws(Failure) in
                    try StateFile.NamespaceEntry(&json).namespace
                }
            case "no_new_keyring": read.noNewKeyring = try json.boolean()
            case "rootfs": read.rootfs = try json.string()
            // An annotation may hold a NUL, which reaches no system call.
            case "labels": read.labels = try json.array { json throws(Failure) in try json.string(allowingNUL: true) }
            case "version": read.version = try json.string()
            default: try json.skip()
            }
        }
        self = read
    }
}

extension StateFile.NamespaceEntry: JSONReadable {
    init(_ json: inout JSONReader) throws(Failure) {
        var type = ""
        var path: String?
        let offset = try json.object { json, key throws(Failure) in
            switch key {
            case "type": type = try json.string()
            case "path": path = try json.string()
            default: try json.skip()
            }
        }
        guard let kind = Namespace.Kind.allCases.first(where: { $0.libraryName == type }) else {
            throw json.missing("type", from: "a namespace", at: offset)
        }
        namespace = Namespace {
            $0.type = kind
            $0.path = path == "" ? nil : path
        }
    }
}
