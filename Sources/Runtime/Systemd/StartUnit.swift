import Base
import Linux

/// Has systemd make the container's cgroup, as that of a unit.
///
/// systemd starts no scope without a process. So a process of ours holds the unit until init is born in its cgroup; the
/// host then ends it (``ReleaseUnit``). So init never is anywhere else, and the limits and the device filter are there
/// before it.
struct StartUnit: HostWork {
    static var word: StaticString { "start-unit" }

    var unit: SystemdUnit
    /// The cgroup that the unit is to have.
    var path: CgroupPath
    /// What the unit gets besides its slice and its process: the limits, and what the caller's annotations say.
    var properties: [UnitProperty]
    /// The controllers that the limits need.
    var controllers: [String]
    var checks: [UsageCheck]
    /// The user who gets the cgroup; nil if it stays ours.
    var owner: UInt32?
    var isUser: Bool
    var environment: BusEnvironment

    var summary: String {
        var text = "have \(isUser ? "the user's " : "")systemd start the unit \(unit.name) in \(unit.slice)"
        if !properties.isEmpty { text += " with " + properties.map { $0.summary }.joined(separator: ", ") }
        if let owner { text += ", owned by \(owner)" }
        return text
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        var systemd = try Systemd.reach(environment, isUser: isUser)
        var arguments = [UnitProperty("Description", .string("container \(session.record.id)"))]
        if unit.isSlice {
            arguments.append(UnitProperty("Wants", .array(of: "s", [.string(unit.slice)])))
        } else {
            let pid = try Self.hold(&session)
            arguments += [
                UnitProperty("Slice", .string(unit.slice)),
                // The container's programs, such as systemd, may make cgroups below it.
                UnitProperty("Delegate", .boolean(true)),
                UnitProperty("PIDs", .array(of: "u", [.uint32(UInt32(pid))])),
            ]
        }
        for kind in ["MemoryAccounting", "CPUAccounting", "IOAccounting", "TasksAccounting"] {
            arguments.append(UnitProperty(kind, .boolean(true)))
        }
        arguments += [
            UnitProperty("DefaultDependencies", .boolean(false)),
            // Otherwise a unit whose program failed would stay, and its name be taken.
            UnitProperty("CollectMode", .string("inactive-or-failed")),
        ]
        try systemd.start(unit.name, arguments + properties)
        session.buses = environment
        try open(&session)
    }

    /// Makes the process that holds the unit. It ends with us.
    private static func hold(_ session: inout HostSide) throws(Failure) -> Int32 {
        let own = ThisProcess.pid
        switch try clone([], "hold the unit") {
        case .child:
            ThisProcess.dieWithParent()
            guard ThisProcess.parent == own else { ThisProcess.exit(0) }
            while true { Clock.sleep(milliseconds: 3_600_000) }
        case .parent(let pid, let pidfd):
            session.unitHolder = pidfd
            return pid
        }
    }

    private func open(_ session: inout HostSide) throws(Failure) {
        // systemd makes the cgroup of a slice only when a unit in it starts.
        session.cgroup =
            try unit.isSlice
            ? Cgroup.make(path, needing: controllers) : Cgroup.openMade(path, needing: controllers)
        guard session.hasCgroup else {
            throw Failure("systemd made no cgroup \(path.text) for the unit \(unit.name)", code: .serviceManager)
        }
        try session.withCgroup { cgroup throws(Failure) in
            try cgroup.verify(checks)
            if let owner { try cgroup.delegate(to: owner) }
        }
    }
}

/// Ends the process that held the unit: init is in it now.
struct ReleaseUnit: HostWork {
    static var word: StaticString { "release-unit" }

    var summary: String { "end the process that held the unit" }

    func perform(_ session: inout HostSide) throws(Failure) { session.releaseUnit() }
}
