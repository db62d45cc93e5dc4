import Base
import Linux

/// Where systemd may be reached, as the caller's environment says it.
public struct BusEnvironment: Equatable, Sendable {
    /// `DBUS_SYSTEM_BUS_ADDRESS`
    public var system: String?
    /// `DBUS_SESSION_BUS_ADDRESS`
    public var session: String?
    /// `XDG_RUNTIME_DIR`
    public var runtimeFolder: String?

    /// Makes an environment that says nothing.
    public init() {}

    /// The places to try, each with whether a bus is between.
    ///
    /// systemd's own socket comes first: it works while the bus is being restarted, and on hosts without a bus.
    func places(isUser: Bool) -> [(BusAddress, isShared: Bool)] {
        let named = BusAddress.list((isUser ? session : system) ?? "").map { ($0, isShared: true) }
        guard isUser else {
            return named.isEmpty
                ? [
                    (.path("/run/systemd/private"), isShared: false),
                    (.path("/run/dbus/system_bus_socket"), isShared: true),
                ] : named
        }
        guard let runtimeFolder, !runtimeFolder.isEmpty else { return named }
        return named + [
            (.path("\(runtimeFolder)/systemd/private"), isShared: false),
            (.path("\(runtimeFolder)/bus"), isShared: true),
        ]
    }
}

/// A connection to systemd: to that of the host, or to that of a user (org.freedesktop.systemd1(5)).
///
/// No call waits without a limit. If the connection breaks, as when systemd executes itself anew, it is made again, once
/// for each call.
struct Systemd: ~Copyable {
    private var bus: Bus
    private let environment: BusEnvironment
    private let isUser: Bool

    /// How long one answer may take. A host at work may need seconds to start a unit.
    private static let patience = 30_000

    /// Connects to it. While systemd executes itself anew, it breaks connections; then tries again for some seconds.
    static func reach(_ environment: BusEnvironment, isUser: Bool) throws(Failure) -> Systemd {
        let deadline = Clock.deadline(milliseconds: 5000)
        while true {
            do throws(Failure) { return try reachOnce(environment, isUser: isUser) } catch {
                guard isBroken(error), Clock.monotonic() < deadline else { throw error }
                Clock.sleep(milliseconds: 50)
            }
        }
    }

    private static func reachOnce(_ environment: BusEnvironment, isUser: Bool) throws(Failure) -> Systemd {
        var systemd = Systemd(
            bus: try connect(environment, isUser: isUser), environment: environment, isUser: isUser)
        try systemd.subscribe()
        return systemd
    }

    /// Whether the other side has closed the connection. A place where nobody listens is another matter.
    private static func isBroken(_ failure: Failure) -> Bool {
        failure.errno == .ECONNRESET || failure.errno == .EPIPE
    }

    private init(bus: consuming Bus, environment: BusEnvironment, isUser: Bool) {
        self.bus = bus
        self.environment = environment
        self.isUser = isUser
    }

    /// Tries each place; the failure is that of the first.
    private static func connect(_ environment: BusEnvironment, isUser: Bool) throws(Failure) -> Bus {
        var first: Failure?
        for (address, isShared) in environment.places(isUser: isUser) {
            do throws(Failure) {
                return try Bus.connect(to: address, isShared: isShared, within: patience)
            } catch { first = first ?? error }
        }
        let failure = first ?? Failure("DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR are not set")
        throw failure.during("unable to connect to \(isUser ? "the user's " : "")systemd").hinting(
            isUser
                ? "a user has one in a login session, or after `loginctl enable-linger`; without it, leave --systemd-cgroup out"
                : "without systemd, leave --systemd-cgroup out"
        ).coded(.serviceManager)
    }

    /// Asks for the signals that tell of finished jobs. A bus passes on only what we ask for.
    private mutating func subscribe() throws(Failure) {
        let rule = "type='signal',interface='org.freedesktop.systemd1.Manager',member='JobRemoved'"
        let match = BusCall(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", [.string(rule)])
        // systemd's own socket has no such object, and sends all signals.
        _ = try bus.call(match, within: Self.patience)
        _ = try bus.call(Self.request("Subscribe", []), within: Self.patience)
    }

    private static func request(_ member: String, _ arguments: [BusValue]) -> BusCall {
        BusCall(
            "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", member,
            arguments)
    }

    /// Calls a method. If the connection is broken, connects and calls again.
    private mutating func call(_ call: BusCall) throws(Failure) -> BusReply {
        do throws(Failure) {
            return try bus.call(call, within: Self.patience)
        } catch {
            guard Self.isBroken(error) else { throw Self.late(error) }
            self = try Self.reach(environment, isUser: isUser)
            do throws(Failure) { return try bus.call(call, within: Self.patience) } catch { throw Self.late(error) }
        }
    }

    private static func late(_ failure: Failure) -> Failure {
        failure.during("systemd does not answer").hinting("look at it with `systemctl status`").coded(.serviceManager)
    }

    /// Reads a property of systemd itself.
    mutating func property(_ name: String) throws(Failure) -> BusValue {
        let get = BusCall(
            "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.DBus.Properties", "Get",
            [.string("org.freedesktop.systemd1.Manager"), .string(name)])
        switch try call(get) {
        case .values(let values): return values.first ?? .string("")
        case .error(let error): throw Self.refusal("ask systemd for \(name)", error)
        }
    }

    private static func refusal(_ action: String, _ error: BusError) -> Failure {
        Failure("\(action): \(error.line)", code: .serviceManager)
    }

    // MARK: Units

    /// Starts a unit that no file describes, and waits until it is there.
    ///
    /// - Throws: ``Failure``, with ``Failure/Code/containerExists`` if there is such a unit.
    mutating func start(_ unit: String, _ properties: [UnitProperty]) throws(Failure) {
        let request = Self.request(
            "StartTransientUnit",
            [
                .string(unit), .string("replace"), UnitProperty.argument(properties),
                .array(of: "(sa(sv))", []),
            ])
        var reply = try call(request)
        let deadline = Clock.deadline(milliseconds: 2000)
        while case .error(let error) = reply, error.isNamed("UnitExists"), try !Self.isAlive(state(of: unit)),
            Clock.monotonic() < deadline
        {
            // systemd keeps a unit that failed until somebody has seen it, and forgets one that ended a moment later.
            try reset(unit)
            Clock.sleep(milliseconds: 5)
            reply = try call(request)
        }
        switch reply {
        case .values(let values): try wait(for: values.first?.text ?? "", of: unit, .start)
        case .error(let error) where error.isNamed("UnitExists"):
            throw Self.refusal("start the unit \(unit)", error).hinting(
                "`systemctl status \(unit)` says whose it is; `systemctl stop \(unit)` ends it")
        case .error(let error): throw Self.refusal("start the unit \(unit)", error)
        }
    }

    /// Stops a unit and forgets it. It is no failure if there is none.
    mutating func stop(_ unit: String) throws(Failure) {
        switch try call(Self.request("StopUnit", [.string(unit), .string("replace")])) {
        case .values(let values): try wait(for: values.first?.text ?? "", of: unit, .stop)
        case .error(let error) where error.isNamed("NoSuchUnit"): return
        case .error(let error): throw Self.refusal("stop the unit \(unit)", error)
        }
        try reset(unit)
    }

    private mutating func reset(_ unit: String) throws(Failure) {
        switch try call(Self.request("ResetFailedUnit", [.string(unit)])) {
        case .values: return
        case .error(let error) where error.isNamed("NoSuchUnit"): return
        case .error(let error): throw Self.refusal("reset the unit \(unit)", error)
        }
    }

    /// The unit's `ActiveState`; "" if there is no such unit.
    private mutating func state(of unit: String) throws(Failure) -> String {
        guard case .values(let values) = try call(Self.request("GetUnit", [.string(unit)])),
            let path = values.first?.text
        else { return "" }
        let get = BusCall(
            "org.freedesktop.systemd1", path, "org.freedesktop.DBus.Properties", "Get",
            [.string("org.freedesktop.systemd1.Unit"), .string("ActiveState")])
        guard case .values(let state) = try call(get) else { return "" }
        return state.first?.text ?? ""
    }

    private static func isAlive(_ state: String) -> Bool {
        state == "active" || state == "activating" || state == "reloading"
    }

    /// Changes properties of a unit, until it stops.
    mutating func set(_ unit: String, _ properties: [UnitProperty]) throws(Failure) {
        let arguments: [BusValue] = [.string(unit), .boolean(true), UnitProperty.argument(properties)]
        switch try call(Self.request("SetUnitProperties", arguments)) {
        case .values: return
        case .error(let error): throw Self.refusal("change the unit \(unit)", error)
        }
    }

    /// Moves processes into the unit's cgroup. systemd may do so where we may not.
    mutating func attach(_ pid: Int32, to unit: String) throws(Failure) {
        let arguments: [BusValue] = [.string(unit), .string("/"), .array(of: "u", [.uint32(UInt32(pid))])]
        switch try call(Self.request("AttachProcessesToUnit", arguments)) {
        case .values: return
        case .error(let error): throw Self.refusal("move process \(pid) to the unit \(unit)", error)
        }
    }

    private enum Verb {
        case start
        case stop

        var word: String { self == .start ? "start" : "stop" }
    }

    /// Waits for the end of a job.
    private mutating func wait(for job: String, of unit: String, _ verb: Verb) throws(Failure) {
        let signal: BusSignal
        do throws(Failure) {
            // Number of the job, its object, the unit, the result.
            signal = try bus.signal(within: Self.patience) {
                $0.member == "JobRemoved" && $0.body.count == 4 && $0.body[1].text == job
            }
        } catch {
            guard Self.isBroken(error) else { throw Self.late(error).during("\(verb.word) the unit \(unit)") }
            self = try Self.reach(environment, isUser: isUser)
            return try waitForState(of: unit, verb)
        }
        guard let result = signal.body[3].text, result != "done" else { return }
        throw Self.undone(unit, verb, result)
    }

    /// Waits in the same way if the signal was lost with its connection.
    private mutating func waitForState(of unit: String, _ verb: Verb) throws(Failure) {
        let deadline = Clock.deadline(milliseconds: Self.patience)
        while true {
            let state = try state(of: unit)
            switch (verb, state) {
            case (.start, "active"), (.stop, "inactive"), (.stop, "failed"), (.stop, ""): return
            case (.start, "failed"): throw Self.undone(unit, verb, state)
            default:
                guard Clock.monotonic() < deadline else { throw Self.undone(unit, verb, "timeout") }
                Clock.sleep(milliseconds: 20)
            }
        }
    }

    private static func undone(_ unit: String, _ verb: Verb, _ result: String) -> Failure {
        Failure(
            "systemd could not \(verb.word) the unit \(unit): \(result)", hint: "`journalctl -u \(unit)` may say why",
            code: .serviceManager)
    }
}

/// What a plan depends on of the systemd that manages the cgroups.
struct SystemdFacts: Equatable, Sendable {
    /// Its version: 252.
    var version: Int
    /// The cgroup below which it keeps its units: "" for the host's own, which has them all.
    var cgroup: String
    /// Whether it is a user's.
    var isUser: Bool

    /// The oldest one that cgroup v2 works with.
    static let none = SystemdFacts(version: 244, cgroup: "", isUser: false)

    static func read(_ environment: BusEnvironment, isUser: Bool) throws(Failure) -> SystemdFacts {
        // sd_booted(3)
        guard isUser || (try? status("/run/systemd/system")) != nil else {
            throw Failure(
                "systemd not running on this host, cannot use systemd cgroups manager",
                hint: "leave --systemd-cgroup out", code: .serviceManager)
        }
        var systemd = try Systemd.reach(environment, isUser: isUser)
        let version = try systemd.property("Version").text ?? ""
        let cgroup = try systemd.property("ControlGroup").text ?? ""
        return SystemdFacts(
            version: number(version), cgroup: cgroup == "/" ? "" : cgroup, isUser: isUser)
    }

    /// The first number in a text such as `252.39-1~deb12u1` or `v245`; 0 if there is none.
    static func number(_ version: String) -> Int {
        let digits = version.utf8.drop { $0 < 0x30 || $0 > 0x39 }.prefix { $0 >= 0x30 && $0 <= 0x39 }
        return Int(String(Substring(digits))) ?? 0
    }
}
