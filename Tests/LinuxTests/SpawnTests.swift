import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Starting a program beside the runtime", .timeLimit(.minutes(2)))
struct SpawnTests {
    func shell(_ script: String, timeout: Double? = nil) -> Spawn {
        Spawn(
            path: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin"],
            timeout: timeout.map { Int64($0 * 1e9) })
    }

    @Test("the status and both outputs are returned separately")
    func outcome() throws {
        let outcome = try shell("echo out; echo err >&2; exit 3").run()
        #expect(outcome == .init(end: .exited(3), ranOutOfTime: false, output: "out\n", errors: "err\n"))
        #expect(try shell("kill -9 $$").run().end == .signalled(9))
    }

    @Test("the input arrives whole, however it is opened, and may stay unread")
    func input() throws {
        let bytes = [UInt8](repeating: 0x61, count: 1 << 20)
        for script in ["wc -c", "wc -c < /dev/stdin", "echo 1048576"] {
            var spawn = shell(script)
            spawn.input = bytes
            #expect(try spawn.run().output == "1048576\n", "\(script)")
        }
    }

    @Test("a program starts even if a seccomp filter hides clone3, as Docker's does")
    func withoutClone3() throws {
        let outcome = try onThreadOfItsOwn {
            try ThisProcess.forbidNewPrivileges()
            // ld nr; jeq clone3; ret errno ENOSYS; ret allow
            try SeccompFilter(
                instructions: [
                    0x20, 0x15 | 1 << 24 | 435 << 32, 0x06 | 0x0005_0026 << 32, 0x06 | 0x7FFF_0000 << 32,
                ], flags: []
            ).load()
            return try shell("echo $$; exit 4").run()
        }
        #expect(outcome.end == .exited(4))
        #expect(Int32(outcome.output.dropLast()) != nil)
    }

    @Test("of a long output the end is kept, and neither side waits for the other")
    func longOutput() throws {
        let outcome = try shell("head -c 3000000 /dev/zero | tr '\\0' x; head -c 200000 /dev/zero >&2; echo end").run()
        #expect(outcome.end == .exited(0))
        #expect(outcome.output.utf8.count == Spawn.defaultOutputLimit)
        #expect(outcome.output.hasSuffix("xxx" + "end\n"))
        #expect(outcome.errors.utf8.count == Spawn.defaultOutputLimit)
    }

    @Test("at the deadline the whole process group is killed, and the output before it is kept")
    func timeout() throws {
        let before = ContinuousClock.now
        let outcome = try shell("sleep 600 & echo $!; wait", timeout: 3).run()
        #expect(outcome.ranOutOfTime)
        #expect(outcome.end == .signalled(9))
        #expect(ContinuousClock.now - before < .seconds(60))
        let child = try #require(Int32(outcome.output.trimmingCharacters(in: .newlines)))
        let isGone = eventually(within: 12) {
            let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            return stat?.contains(") Z ") ?? true
        }
        #expect(isGone)
    }

    @Test("it does not wait for a process left behind with the outputs open")
    func leftBehind() throws {
        let before = ContinuousClock.now
        let outcome = try shell("sleep 300 & echo $!").run()
        #expect(ContinuousClock.now - before < .seconds(100))
        let child = try #require(Int32(outcome.output.trimmingCharacters(in: .newlines)))
        kill(child, SIGKILL)
    }

    @Test(
        "an error before the child becomes the program is a failure with Go's words",
        arguments: [
            ("/no/such", "fork/exec /no/such: no such file or directory"),
            ("/etc/passwd", "fork/exec /etc/passwd: permission denied"),
            ("/etc", "fork/exec /etc: permission denied"),
        ])
    func refused(path: String, line: String) {
        let failure = #expect(throws: Failure.self) { try Spawn(path: path, arguments: [path]).run() }
        #expect(failure?.line == line)
        #expect(failure?.cause?.call == "execve")
    }

    @Test("a directory that does not exist is reported with its call")
    func noDirectory() throws {
        let file = try Linux.open("/dev/null", .readOnly)
        let failure = #expect(throws: Failure.self) { try Spawn(path: "/bin/true", arguments: ["true"]).run(in: file) }
        #expect(failure?.cause?.call == "fchdir")
        #expect(failure?.errno == .ENOTDIR)
    }

    @Test("it starts in the given directory, with the given umask and environment")
    func surroundings() throws {
        let directory = try Linux.open("/usr/bin", [.path, .directory])
        var spawn = shell("pwd; umask; env | grep -v -e ^PWD -e ^SHLVL -e ^_=")
        spawn.umask = 0o027
        #expect(try spawn.run(in: directory).output == "/usr/bin\n0027\nPATH=/usr/bin:/bin\n")
        #expect(try Spawn(path: "/usr/bin/env", arguments: ["env"], environment: []).run().output == "")
        let inherited = try Spawn(path: "/usr/bin/env", arguments: ["env"]).run().output
        let path = try #require(ProcessInfo.processInfo.environment["PATH"])
        #expect(inherited.split(separator: "\n").contains("PATH=\(path)"))
    }

    @Test("no other descriptor is open in it, not even one that is not close-on-exec")
    func descriptors() throws {
        let leak = Glibc.open("/dev/null", O_RDONLY)
        defer { close(leak) }
        try #require(leak >= 0)
        // The shell's own glob holds one while it looks.
        #expect(try shell("ls /proc/$$/fd").run().output == "0\n1\n2\n")
    }

    @Test("signals are as in a new process, whatever the runtime did with its own")
    func signals() throws {
        signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        let lines = try shell("grep -E 'Sig(Blk|Ign)' /proc/self/status").run().output
        #expect(lines == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test("it leads a session of its own")
    func session() throws {
        let fields = try shell("read -r line < /proc/$$/stat; echo $line").run().output.split(separator: " ")
        try #require(fields.count > 6)
        #expect(fields[0] == fields[5])
    }
}
