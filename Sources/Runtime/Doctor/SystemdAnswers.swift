import Base
import Linux

/// Whether systemd manages this host, and can be asked.
struct SystemdAnswers: Equatable {
    /// The name of process 1; nil if it cannot be read.
    var first: String?
    /// Whether systemd made its folder, as sd_booted(3) asks.
    var isBooted = false
    /// Connecting to the system's bus.
    var systemBus = Answer.works
    /// Connecting to the user's bus; nil if nothing says where it is.
    var userBus: Answer?

    /// - Parameters:
    ///   - userBus: The path of the user's bus.
    static func probe(userBus: String?) -> SystemdAnswers {
        SystemdAnswers(
            first: HostFile.line("/proc/1/comm"), isBooted: HostFile.exists("/run/systemd/system"),
            systemBus: connection(to: "/run/dbus/system_bus_socket"), userBus: userBus.map(connection))
    }

    private static func connection(to path: String) -> Answer {
        Probe.ask { () throws(Failure) in _ = try StreamSocket(to: path, within: 1000) }
    }

    /// Whether systemd is process 1 here.
    var isFirst: Bool { first == "systemd" && isBooted }

    /// Whether the driver `systemd` can work for the caller.
    ///
    /// - Parameter isRoot: Root asks by the system's bus, another user by its own.
    func canMakeUnits(isRoot: Bool) -> Bool { isFirst && (isRoot ? systemBus.isYes : userBus?.isYes ?? false) }

    /// The lines about it.
    var findings: [Finding] {
        let purpose = "the systemd cgroup driver, the default of Docker, Podman, CRI-O and Kubernetes"
        let who = "process 1 is \(first ?? "unknown")"
        return [
            Finding(
                "systemd", isFirst ? .has : .lacks,
                first == "systemd" && !isBooted ? "\(who), but /run/systemd/system is not there" : who, for: purpose,
                remedy: "the cgroupfs driver, which needs no systemd"),
            Finding(
                "system bus", systemBus, "/run/dbus/system_bus_socket", for: "\(purpose), as root",
                remedy: "start dbus: systemctl start dbus.socket"),
            Finding(
                "user bus", userBus ?? .fails(Failure("neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set")),
                for: "the systemd cgroup driver of a user who is not root",
                remedy:
                    "a login session (pam_systemd) with Debian's package dbus-user-session, or loginctl enable-linger"),
        ]
    }
}
