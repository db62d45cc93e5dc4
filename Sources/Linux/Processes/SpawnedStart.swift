import Base
import CShim

/// The child's side of a ``Spawn``. It is made before the clone, so that nothing is allocated between clone and execve.
struct SpawnedStart {
    var input: CInt
    var output: CInt
    var errors: CInt
    var report: CInt
    var directory: CInt
    /// `UInt32.max` leaves the umask.
    var umask: UInt32
    var inheritsEnvironment: Bool
    var confinement: Spawn.Confinement

    /// Never returns. The type is not `Never`, since Swift 6.3 then warns that what the caller borrows is never
    /// released.
    func becomeProgram(_ path: String, _ argv: borrowing CStringArray, _ envp: borrowing CStringArray) -> Failure {
        _ = shim_setsid()
        // Moved away from 0, 1 and 2 first: one of these may have been closed when the runtime was started.
        let input = aboveStandard(self.input)
        let output = aboveStandard(self.output)
        let errors = aboveStandard(self.errors)
        let report = aboveStandard(self.report)
        let directory = self.directory < 0 ? -1 : aboveStandard(self.directory)
        place(input, at: 0, report)
        place(output, at: 1, report)
        place(errors, at: 2, report)
        exit(ifFailed: shim_close_range(3, .max, CLOSE_RANGE_CLOEXEC), .closeRange, report)
        if directory >= 0 { exit(ifFailed: shim_fchdir(directory), .changeDirectory, report) }
        if umask != .max { _ = shim_umask(umask) }
        var signal: CInt = 1
        while signal <= __SIGRTMAX {
            _ = shim_signal_disposition(signal, 0)
            signal += 1
        }
        _ = shim_sigprocmask(SIG_SETMASK, 0, nil)
        confine(report)
        let answer = argv.withPointers { argv in
            envp.withPointers { envp in
                shim_execve(path, argv, inheritsEnvironment ? UnsafePointer(shim_environment()) : envp)
            }
        }
        exit(ifFailed: answer, .execute, report)
        shim_exit(127)
    }

    private func confine(_ report: CInt) {
        if let filter = confinement.filter {
            let answer = filter.instructions.withUnsafeBytes {
                shim_seccomp_filter(
                    filter.flags.rawValue, CUnsignedShort(clamping: filter.instructions.count), $0.baseAddress)
            }
            exit(ifFailed: answer, .loadFilter, report)
        }
        guard let sets = confinement.capabilities else { return }
        let answer = shim_capset(sets.effective.rawValue, sets.permitted.rawValue, sets.inheritable.rawValue)
        exit(ifFailed: answer, .setCapabilities, report)
    }

    private func aboveStandard(_ number: CInt) -> CInt {
        shim_fcntl(number, F_DUPFD_CLOEXEC, 3)
    }

    private func place(_ number: CInt, at target: CInt, _ report: CInt) {
        exit(ifFailed: shim_dup3(number, target), .duplicate, report)
        exit(ifFailed: shim_fcntl(target, F_SETFD, 0), .duplicate, report)
    }

    /// If `answer` is a failure, reports to the parent which call failed, and how, and ends the child.
    private func exit(ifFailed answer: CInt, _ call: SpawnCall, _ report: CInt) {
        guard answer < 0 else { return }
        var message: (CInt, CInt) = (call.rawValue, -answer)
        _ = withUnsafeBytes(of: &message) { shim_write(report, $0.baseAddress, $0.count) }
        shim_exit(127)
    }
}

/// The call that failed in a child before it became the program.
enum SpawnCall: CInt {
    case duplicate
    case closeRange
    case changeDirectory
    case execute
    case loadFilter
    case setCapabilities

    /// Its name, as in section 2 of the manual.
    var name: StaticString {
        switch self {
        case .duplicate: "dup3"
        case .closeRange: "close_range"
        case .changeDirectory: "fchdir"
        case .execute: "execve"
        case .loadFilter: "seccomp"
        case .setCapabilities: "capset"
        }
    }
}
