import Base
import CShim

/// A program, such as a hook, that the runtime starts, waits for, and kills when its time is over.
///
/// It gets a session of its own, default signals, an empty signal mask, `input` on descriptor 0 and no other open
/// descriptor than 0, 1 and 2. Everything it needs is made before the clone; the child only makes system calls.
public struct Spawn: Equatable, Sendable {
    /// The path of the program; PATH is not searched.
    public var path: String
    /// All of argv, beginning with the program's name.
    public var arguments: [String]
    /// Entries `NAME=value`; nil passes the runtime's own environment on, byte for byte.
    public var environment: [String]?
    /// The content of descriptor 0. It is a memory file, not a pipe: a program that never reads it cannot block the
    /// runtime or send it a SIGPIPE, and a program that opens /dev/stdin gets it too.
    public var input: [UInt8]
    /// How long it may run, in nanoseconds; nil for no limit.
    public var timeout: Int64?
    /// Its umask; nil leaves the runtime's.
    public var umask: UInt32?

    /// What it is confined by before it begins.
    public var confinement = Confinement()

    /// A seccomp filter, and the capabilities that remain after it is loaded.
    public struct Confinement: Equatable, Sendable {
        /// nil for no filter.
        public var filter: SeccompFilter?
        /// nil leaves them unchanged. The bounding and the ambient set stay.
        public var capabilities: Capabilities?

        /// Makes a confinement; without arguments it confines nothing.
        public init(filter: SeccompFilter? = nil, capabilities: Capabilities? = nil) {
            self.filter = filter
            self.capabilities = capabilities
        }
    }

    /// How many bytes of either output are kept: the last ones.
    public var kept = Spawn.outputLimit

    /// How many bytes of a hook's outputs are kept: the last 64 KiB of each.
    public static let outputLimit = 65536

    /// How the program ended, and what it wrote.
    public struct Outcome: Equatable, Sendable {
        /// How it ended; nil if not even SIGKILL ended it in ten seconds.
        public var end: ProcessEnd?
        /// Whether it was killed because its time was over.
        public var ranOutOfTime: Bool
        /// The last part of what it wrote to descriptor 1.
        public var output: String
        /// The last part of what it wrote to descriptor 2.
        public var errors: String
    }

    /// A program with its arguments; the rest is optional.
    public init(
        path: String, arguments: [String], environment: [String]? = nil, input: [UInt8] = [], timeout: Int64? = nil,
        umask: UInt32? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.timeout = timeout
        self.umask = umask
    }

    /// Starts it, waits for its end, and returns what it wrote.
    ///
    /// A process that it left behind may keep its outputs open. They are read only up to what is there when the
    /// program ends.
    ///
    /// - Parameters:
    ///   - directory: The directory it starts in; `Descriptor.none` for the runtime's own current directory.
    ///   - output: Its descriptor 1; `Descriptor.none` keeps what it writes there for the ``Outcome``.
    ///   - errors: The same for descriptor 2.
    /// - Throws: ``Failure`` with the action `fork/exec PATH`: of `clone3`, and of the call that failed in the child
    ///   before it became the program (``SpawnCall``). Also ``Failure`` of the calls that make its descriptors and of
    ///   those that wait for it. A program that ran and failed is not a Failure but an ``Outcome``.
    public func run(
        in directory: borrowing Descriptor = .none, output ownOutput: borrowing Descriptor = .none,
        errors ownErrors: borrowing Descriptor = .none
    ) throws(Failure) -> Outcome {
        let argv = CStringArray(arguments)
        let envp = CStringArray(environment ?? [])
        let given = try inputFile()
        let output = try Pipe()
        let errors = try Pipe()
        let report = try Pipe()
        let deadline = timeout.map { Clock.monotonic() &+ $0 }

        let start = SpawnedStart(
            input: given.number, output: ownOutput.isOpen ? ownOutput.number : output.writer.number,
            errors: ownErrors.isOpen ? ownErrors.number : errors.writer.number,
            report: report.writer.number, directory: directory.number, umask: umask ?? .max,
            inheritsEnvironment: environment == nil, confinement: confinement)
        let child: Cloned
        do throws(Failure) { child = try clone([]) } catch { throw Failure("fork/exec \(path)", cause: error.cause) }
        switch consume child {
        case .child:
            throw start.becomeProgram(path, argv, envp)
        case .parent(let pid, let pidfd):
            var watch = SpawnWatch(
                pid: pid, pidfd: pidfd, output: output.keepReader(), errors: errors.keepReader(),
                report: report.keepReader(), limit: kept)
            return try watch.untilEnd(deadline: deadline, path: path)
        }
    }

    private func inputFile() throws(Failure) -> Descriptor {
        let file = try memfdCreate("apus-input")
        var failure: Failure?
        input.withUnsafeBytes { bytes in
            do throws(Failure) { try file.write(bytes, "the input of \(path)") } catch { failure = error }
        }
        if let failure { throw failure }
        try file.rewind()
        return file
    }
}

/// The child's side of a ``Spawn``. It is made before the clone, so that nothing is allocated between clone and execve.
private struct SpawnedStart {
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
        end(if: shim_close_range(3, .max, CLOSE_RANGE_CLOEXEC), .closeRange, report)
        if directory >= 0 { end(if: shim_fchdir(directory), .changeDirectory, report) }
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
        end(if: answer, .execute, report)
        shim_exit(127)
    }

    private func confine(_ report: CInt) {
        if let filter = confinement.filter {
            let answer = filter.instructions.withUnsafeBytes {
                shim_seccomp_filter(
                    filter.flags.rawValue, CUnsignedShort(clamping: filter.instructions.count), $0.baseAddress)
            }
            end(if: answer, .loadFilter, report)
        }
        guard let sets = confinement.capabilities else { return }
        let answer = shim_capset(sets.effective.rawValue, sets.permitted.rawValue, sets.inheritable.rawValue)
        end(if: answer, .setCapabilities, report)
    }

    private func aboveStandard(_ number: CInt) -> CInt {
        shim_fcntl(number, F_DUPFD_CLOEXEC, 3)
    }

    private func place(_ number: CInt, at target: CInt, _ report: CInt) {
        end(if: shim_dup3(number, target), .duplicate, report)
        end(if: shim_fcntl(target, F_SETFD, 0), .duplicate, report)
    }

    /// Reports to the parent which call failed, and how, and ends the child.
    private func end(if answer: CInt, _ call: SpawnCall, _ report: CInt) {
        guard answer < 0 else { return }
        var words: (CInt, CInt) = (call.rawValue, -answer)
        _ = withUnsafeBytes(of: &words) { shim_write(report, $0.baseAddress, $0.count) }
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

    var word: StaticString {
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
