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

    /// How many bytes of each output the ``Outcome`` keeps: the last ones.
    public var outputLimit = Spawn.defaultOutputLimit

    /// 64 KiB.
    public static let defaultOutputLimit = 65536

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
                report: report.keepReader(), limit: outputLimit)
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
