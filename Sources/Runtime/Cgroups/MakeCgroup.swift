import Base
import Linux

/// Makes the container's cgroup; init will be born in it.
struct MakeCgroup: HostWork {
    static var word: StaticString { "make-cgroup" }

    var path: CgroupPath
    /// The controllers that its limits need.
    var controllers: [String]
    /// The limits to refuse if the cgroup exists already and uses more.
    var checks: [UsageCheck]
    /// The user who gets it, as the host numbers it; nil if it stays ours.
    var owner: UInt32?
    /// Our own cgroup, from which init moves there, if that may be forbidden; nil for root.
    var own: String?
    var need = Need.always

    /// Whether the container may run without a cgroup, if config.json asks for no limit.
    enum Need {
        /// Never: config.json gives a cgroupsPath.
        case always
        /// If the mount is read-only, as in a container.
        case unlessReadOnly
        /// Then, and if we may not make it (`--rootless`).
        case unlessForbidden
    }

    var summary: String {
        var text = "make the cgroup \(path.text)"
        if !controllers.isEmpty { text += " with \(controllers.joined(separator: ", "))" }
        if let owner { text += ", owned by \(owner)" }
        if need == .unlessForbidden { text += ", if that is permitted" }
        return text
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        if need != .always {
            session.cgroup = try Cgroup.makeIfPermitted(
                path, needing: controllers, isRootless: need == .unlessForbidden, from: own)
            guard session.hasCgroup else {
                session.record.cgroup = nil
                if need == .unlessReadOnly {
                    session.warn(
                        Failure("no cgroup is made, \(CgroupPath.mountPoint) is read-only: device rules have no effect")
                    )
                }
                return
            }
        } else {
            session.cgroup = try Cgroup.make(path, needing: controllers, from: own)
        }
        try session.withCgroup { cgroup throws(Failure) in
            try cgroup.verify(checks)
            if let owner { try cgroup.delegate(to: owner) }
        }
    }
}

extension Cgroup {
    /// Lends the recorded cgroup to `body`. If it is gone, nothing happens.
    static func withRecorded(
        _ path: String, _ body: (borrowing Cgroup) throws(Failure) -> Void
    ) throws(Failure) {
        guard let cgroup = try Cgroup.open(try CgroupPath(recorded: path)) else { return }
        try body(cgroup)
    }
}

extension Failure {
    /// Whether the error means that no cgroup can have this path: it is gone, or the path leads to a file, crosses a
    /// symbolic link or a mount, or has too long a name. Any other error says nothing about the cgroup.
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

/// Writes a limit, or two limits that the kernel may accept only together.
struct WriteCgroup: HostWork {
    static var word: StaticString { "write-cgroup" }

    var files: [CgroupWrite]

    var summary: String { "write " + files.map { $0.summary }.joined(separator: "; ") }

    /// Makes one step for each line. Lines that the kernel may accept only together share a step.
    static func groups(_ files: [CgroupWrite]) -> [WriteCgroup] {
        var groups: [WriteCgroup] = []
        var open: [CgroupWrite] = []
        for file in files {
            open.append(file)
            if file.refusal == .retryAfterNext { continue }
            groups.append(WriteCgroup(files: open))
            open = []
        }
        return open.isEmpty ? groups : groups + [WriteCgroup(files: open)]
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        // If a controller's limit was asked for and no cgroup could be made, MakeCgroup has already failed. So these
        // lines are for files of the cgroup core (`cgroup.*`).
        guard session.hasCgroup else { return }
        try session.withCgroup { cgroup throws(Failure) in try cgroup.write(files) }
    }
}

/// Restricts which devices the container may use, with a BPF program that is attached to its cgroup.
struct FilterDevices: HostWork {
    static var word: StaticString { "filter-devices" }

    var rules: DeviceRules
    /// Whether a refusal by the kernel is only a warning: in a user namespace the kernel forbids device filters.
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
