import Base
import Linux
import OCI
import Runtime

/// `apus doctor [--json]`
struct DoctorCommand: Equatable {
    var json = false

    /// - Returns: 0 if a plain container can run, otherwise 1.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        // Not /proc/self/exe itself: the trial's container binds this path.
        var options = DoctorOptions(program: try Proc.host().link("self/exe") ?? "/proc/self/exe")
        options.searchPath = CallerEnvironment.value("PATH") ?? options.searchPath
        options.runtimeDirectory = CallerEnvironment.value("XDG_RUNTIME_DIR")
        options.busAddress = CallerEnvironment.value("DBUS_SESSION_BUS_ADDRESS")
        options.home = CallerEnvironment.value("HOME")
        let diagnosis = try diagnose(options, in: try globals.runtimeOptions())
        Output.result.write(json ? diagnosis.findings.json(.spaces(4)) + "\n" : diagnosis.text)
        return diagnosis.canRun ? 0 : 1
    }
}

extension DoctorCommand {
    init(_ reader: OptionReader) { json = reader.flag(.json) }
}

extension DoctorCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "tell what this host offers and lacks for containers",
            options: [Option(.json, "", .flag, "", "print it as JSON")],
            description: """
                Tries what containers need, and prints a line for each thing: whether this host has it for
                this user, what it is needed for, and how to get it. The last line is about a plain
                container, which is run for a moment. The status is 0 if that works, otherwise 1. Says also
                whether Docker, containerd, Podman and CRI-O are here and call apus.
                """)
    }
}

extension Failure {
    /// Returns the same failure with a word about `apus doctor`, if something of the host is in the way and doctor would
    /// name it.
    var pointingToDoctor: Failure {
        guard isAboutHost else { return self }
        var copy = self
        copy.hint = hint.map { "\($0); \(doctorWord)" } ?? doctorWord
        return copy
    }

    private var isAboutHost: Bool {
        switch code {
        case .kernelTooOld, .missingController, .missingSecurityModule, .missingFeature: return true
        default: break
        }
        switch (cause?.call, errno) {
        case (_, .ENOSYS), ("capget", .EPERM), ("mkdirat", .EROFS): return true
        case ("clone3", .EPERM), ("clone3", .ENOSPC), ("clone3", .EINVAL): return true
        case ("unshare", .EPERM), ("unshare", .ENOSPC), ("unshare", .EINVAL): return true
        default: return false
        }
    }
}
