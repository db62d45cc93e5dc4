import Base
import Linux

/// Makes the container's cgroup, in which init will be born.
struct MakeCgroup: HostWork {
    static var word: StaticString { "make-cgroup" }

    var path: CgroupPath
    /// Those that its limits need.
    var controllers: [String]
    /// What is refused where the cgroup is there already and uses more.
    var checks: [UsageCheck]
    /// Whom it is given to, as the host knows him; nil where it stays ours.
    var owner: UInt32?
    /// Whether the container may be without one: nobody chose its path, and we may not be allowed to make any (`--rootless`).
    var isOptional = false

    var summary: String {
        var text = "make the cgroup \(path.text)"
        if !controllers.isEmpty { text += " with \(controllers.joined(separator: ", "))" }
        if let owner { text += ", owned by \(owner)" }
        if isOptional { text += ", if that is permitted" }
        return text
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        if isOptional {
            session.cgroup = try Cgroup.makeIfPermitted(path, needing: controllers)
            guard session.hasCgroup else {
                session.record.cgroup = nil
                return
            }
        } else {
            session.cgroup = try Cgroup.make(path, needing: controllers)
        }
        try session.withCgroup { cgroup throws(Failure) in
            try cgroup.verify(checks)
            if let owner { try cgroup.delegate(to: owner) }
        }
    }
}

/// Writes a limit, or two that the kernel may take only together.
struct WriteCgroup: HostWork {
    static var word: StaticString { "write-cgroup" }

    var files: [CgroupFile]

    var summary: String { "write " + files.map { $0.summary }.joined(separator: "; ") }

    /// A step for each line, but lines that the kernel may take only together stay together.
    static func groups(_ files: [CgroupFile]) -> [WriteCgroup] {
        var groups: [WriteCgroup] = []
        var open: [CgroupFile] = []
        for file in files {
            open.append(file)
            if file.refusal == .invalidWaitsForNext { continue }
            groups.append(WriteCgroup(files: open))
            open = []
        }
        return open.isEmpty ? groups : groups + [WriteCgroup(files: open)]
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        // Limits of a controller need a cgroup; without one what is left are the core's own files (`cgroup.*`).
        guard session.hasCgroup else { return }
        try session.withCgroup { cgroup throws(Failure) in try cgroup.write(files) }
    }
}

/// Decides which devices the container may use, by a program in its cgroup.
struct FilterDevices: HostWork {
    static var word: StaticString { "filter-devices" }

    var rules: DeviceRules
    /// In a user namespace, or with every device allowed, a kernel that refuses is only worth a warning.
    var isOptional: Bool

    var summary: String { "filter devices: \(rules.summary)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        var warning: ResourceWarning?
        guard session.hasCgroup else { return }
        try session.withCgroup { cgroup throws(Failure) in
            warning = try cgroup.apply(rules, isRestricted: isOptional)
        }
        session.warn(warning.map(Failure.init))
    }
}

extension Cgroup {
    /// Lends the cgroup that a record names to `body`; one that is gone is passed over.
    static func withRecorded(
        _ path: String, _ body: (borrowing Cgroup) throws(Failure) -> Void
    ) throws(Failure) {
        guard let cgroup = try Cgroup.open(try CgroupPath(recorded: path)) else { return }
        try body(cgroup)
    }
}

extension Failure {
    /// Whether the kernel says that there can be no cgroup of a path: it is gone, or the path leads to a file, over a link or a
    /// mount, or has too long a name. Any other answer says nothing about the cgroup.
    var saysNoCgroup: Bool {
        let crossesMount = Errno(rawValue: 18)
        switch errno {
        case .ENOENT, .ENODEV, .ENOTDIR, .ENAMETOOLONG, .ELOOP, crossesMount: return true
        default: return false
        }
    }

    init(_ warning: ResourceWarning) { self.init(warning.message, pointer: warning.pointer, code: .noEffect) }
}

extension DeviceRules {
    /// `deny all but c 1:3 rwm, c 5:2 rw`
    var summary: String {
        let list = exceptions.map { "\($0.pattern.text) \($0.access.letters)" }.joined(separator: ", ")
        let base = allowsByDefault ? "allow all" : "deny all"
        return list.isEmpty ? base : "\(base) but \(list)"
    }
}
