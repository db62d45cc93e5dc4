import Base
import Linux
import Runtime

/// The options that stand before the command.
struct Globals: Equatable {
    var root: String?
    var log: String?
    var logFormat: String?
    var debug = false
    var systemdCgroup = false
    /// `cgroupfs`, `systemd` or `disabled`. If it is given, ``systemdCgroup`` has no effect.
    var cgroupManager: String?
    /// nil means `auto`: the runtime works it out.
    var rootless: Bool?
    var trace: String?
}

extension Globals {
    /// Takes the values from the reader. An absent option stays absent.
    init(_ reader: OptionReader) {
        root = reader.text(.root)
        log = reader.text(.log)
        logFormat = reader.text(.logFormat)
        debug = reader.flag(.debug)
        systemdCgroup = reader.flag(.systemdCgroup)
        trace = reader.text(.trace)
        cgroupManager = reader.text(.cgroupManager)
        if case .flag(let isRootless) = reader.value(.rootless) { rootless = isRootless }
    }

    /// Returns the log that `--log`, `--log-format` and `--debug` ask for. Its file is not opened yet.
    ///
    /// - Throws: ``Failure`` for an unknown format, and for crun's `journald:` and `syslog:`. crun's `file:PATH` means
    ///   PATH.
    func openLog() throws(Failure) -> Log {
        var path = log
        if let log {
            for service in ["journald:", "syslog:"] where log.utf8.starts(with: service.utf8) {
                throw Failure(
                    "--log \(quoted(log)): apus does not write to \(service.dropLast())",
                    hint: "--log takes a file; to use logger(1), pipe apus's standard error to it", code: .usage)
            }
            if log.utf8.starts(with: "file:".utf8) { path = String(log.dropFirst(5)) }
        }
        return try Log(path: try Path.absolute(path), format: logFormat, isDebug: debug)
    }

    /// Turns these options into options of the runtime, and reads those of the log. Paths become absolute, because
    /// making a container changes the current directory.
    ///
    /// - Parameter makesContainer: Whether the command makes a container. Then a state root in `$XDG_RUNTIME_DIR` is
    ///   made here; the runtime makes any other.
    /// - Throws: ``Failure`` for a root that is not allowed or cannot be made, for an unknown cgroup manager, and of
    ///   ``openLog()``.
    func runtimeOptions(makesContainer: Bool = false) throws(Failure) -> RuntimeOptions {
        let stateRoot = try StateRoot.resolve(root)
        if makesContainer { try stateRoot.prepare() }
        var options = RuntimeOptions(
            root: stateRoot.path, systemdCgroup: systemdCgroup, rootless: rootless, debug: debug,
            traceFile: try Path.absolute(trace))
        options.buses.system = CallerEnvironment.value("DBUS_SYSTEM_BUS_ADDRESS")
        options.buses.session = CallerEnvironment.value("DBUS_SESSION_BUS_ADDRESS")
        options.buses.runtimeFolder = CallerEnvironment.value("XDG_RUNTIME_DIR")
        switch cgroupManager {
        case nil: break
        case "cgroupfs": options.systemdCgroup = false
        case "systemd": options.systemdCgroup = true
        case "disabled": (options.systemdCgroup, options.makesNoCgroup) = (false, true)
        case let other?:
            throw Failure(
                "unknown cgroup manager specified: \(quoted(other))", hint: "it is cgroupfs, systemd or disabled",
                code: .usage)
        }
        let log = try openLog()
        options.logFile = log.path
        options.warn = log.warn
        if debug { options.note = { note in log.debug(note) } }
        return options
    }
}
