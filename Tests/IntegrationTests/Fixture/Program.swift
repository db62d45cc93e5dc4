import Glibc
import TestSupport
import Testing

/// What a program did: how it ended and what it wrote.
struct Outcome: Sendable {
    /// The exit code; 128 + N if signal N ended the program, as in a shell.
    var exit: Int32
    /// Whether the test's own time limit ended it.
    var ranOut = false
    var output: String
    var diagnostics: String
    /// What it wrote into its log file, if it had one.
    var log = ""

    /// Output and diagnostics, for a test's message.
    var said: String { "exit \(exit)\(ranOut ? ", out of time" : "")\n\(output)\(diagnostics)\(log)" }
}

/// Why the fixture could not do its part. This is no failure of the runtime.
struct FixtureFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    /// A failed call, with the errno it left.
    static func errno(_ what: String) -> FixtureFailure {
        FixtureFailure("\(what): \(String(cString: strerror(Glibc.errno)))")
    }
}

/// A program that was started, by posix_spawn(3).
///
/// It writes into files, not into pipes. A container that goes on holds our end open, so reading a pipe to the end
/// would wait for the container.
struct Program {
    /// The process.
    let pid: pid_t
    private let captured: (output: Int32, diagnostics: Int32)

    /// How a program is started.
    struct Surroundings {
        /// Where standard input comes from: nothing, a text, or an open descriptor.
        enum Input {
            case nothing
            case text(String)
            case descriptor(Int32)
        }

        var input = Input.nothing
        /// The whole environment; nil for a small one with PATH.
        var environment: [String]?
        /// The working directory; nil for ours.
        var folder: String?
        /// Open descriptors of ours, by the numbers that they get in the program.
        var descriptors: [Int32: Int32] = [:]
    }

    static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Starts `words`, with a clean signal mask. The program inherits only what `surroundings` names.
    static func start(_ words: [String], _ surroundings: Surroundings = .init()) throws -> Program {
        let words = surroundings.folder.map { ["/usr/bin/env", "--chdir=" + $0] + words } ?? words
        let output = try scratch(), diagnostics = try scratch()
        var input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        switch surroundings.input {
        case .nothing: break
        case .text(let text):
            close(input)
            input = try scratch()
            _ = text.withCString { write(input, $0, strlen($0)) }
            lseek(input, 0, SEEK_SET)
        case .descriptor(let number):
            close(input)
            input = fcntl(number, F_DUPFD_CLOEXEC, 0)
        }
        defer { close(input) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, diagnostics, 2)
        // by way of high numbers, so that none is overwritten before it is copied
        let high = surroundings.descriptors.map { (number: $0.key, copy: fcntl($0.value, F_DUPFD_CLOEXEC, 500)) }
        defer { for (_, copy) in high { close(copy) } }
        for (number, copy) in high { posix_spawn_file_actions_adddup2(&actions, copy, number) }
        // descriptors that other tests of this process have open without close-on-exec at this moment
        for number in Int32(3)..<256 where surroundings.descriptors[number] == nil {
            posix_spawn_file_actions_addclose(&actions, number)
        }

        // the threads of a Swift task block most signals, and a program inherits that
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let answer = withCStrings(words) { arguments in
            withCStrings(surroundings.environment ?? [path]) { environment in
                posix_spawnp(&pid, words[0], &actions, &attributes, arguments, environment)
            }
        }
        guard answer == 0 else {
            close(output)
            close(diagnostics)
            throw FixtureFailure("start \(words[0]): \(String(cString: strerror(answer)))")
        }
        return Program(pid: pid, captured: (output, diagnostics))
    }

    /// Waits for the end and returns what the program did. After `limit` seconds it kills the program and its process
    /// group. Call it once.
    func outcome(within limit: Double = 120) -> Outcome {
        var status: Int32 = 0
        let ended = eventually(within: limit) { waitpid(pid, &status, WNOHANG) != 0 }
        if !ended {
            kill(-pid, SIGKILL)
            kill(pid, SIGKILL)
            waitpid(pid, &status, 0)
        }
        defer {
            close(captured.output)
            close(captured.diagnostics)
        }
        let signal = status & 0x7f
        return Outcome(
            exit: signal == 0 ? (status >> 8) & 0xff : 128 + signal, ranOut: !ended,
            output: Program.contents(captured.output), diagnostics: Program.contents(captured.diagnostics))
    }

    /// What it has written on standard output so far.
    var output: String { Program.contents(captured.output) }

    /// What it has written on standard error so far.
    var diagnostics: String { Program.contents(captured.diagnostics) }

    /// Runs `words` to the end.
    static func run(_ words: [String], _ surroundings: Surroundings = .init(), limit: Double = 120) throws -> Outcome {
        try start(words, surroundings).outcome(within: limit)
    }

    /// The path of `name` in the usual folders.
    static func find(_ name: String) -> String? {
        path.dropFirst(5).split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// A file without a name, for appending.
    private static func scratch() throws -> Int32 {
        let name = "/tmp/apus-output-\(UInt64.random(in: 0 ... .max))"
        let number = open(name, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw FixtureFailure.errno("make a file in /tmp") }
        unlink(name)
        return number
    }

    private static func contents(_ number: Int32) -> String {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = pread(number, &buffer, buffer.count, off_t(bytes.count))
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    private static func withCStrings<R>(
        _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}

/// How long each test's bundles took, printed with `APUS_TIMES=1`. The times of the testing library include waiting for
/// a thread.
enum Times {
    static func add(_ seconds: Double) {
        guard Environment["APUS_TIMES"] == "1" else { return }
        let line = "time \(Int(seconds * 1000)) ms \(Test.current?.name ?? "")\n"
        _ = line.withCString { write(2, $0, strlen($0)) }
    }
}

/// Seconds since boot.
enum Clock {
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
