import Glibc
import TestSupport
import Testing

/// Random failures from outside: strace(1) makes one system call after another fail.
///
/// ``StepFailureTests`` say what the failure of each kind of step must look like. Here it only matters that every
/// failure is one line, and that nothing is left.
@Suite("Injected failures", .inMachine, .oursOnly)
struct InjectionTests {
    /// A call that fails: the `turn`-th of its name in each process.
    struct Fault: Sendable, Hashable, CustomTestStringConvertible {
        var call: String
        var turn: Int
        var errno: String

        var testDescription: String { "\(call) \(turn) gives \(errno)" }
    }

    /// The calls that are left out: those that cannot fail or only release something, and reading and waiting, whose
    /// failure may stay unreported.
    private static let passing: Set<String> = [
        "exit", "exit_group", "brk", "munmap", "rt_sigreturn", "getpid", "gettid", "getuid", "geteuid", "getgid",
        "getegid", "getppid", "futex", "set_robust_list", "set_tid_address", "rseq", "arch_prctl", "sigaltstack",
        "clock_gettime", "restart_syscall", "close", "wait4", "waitid", "poll", "ppoll", "mmap", "mprotect", "execve",
        "rt_sigprocmask", "rt_sigaction", "sched_getaffinity", "getrandom", "prlimit64", "readlink", "uname", "umask",
    ]

    /// A config that uses something of everything.
    private static func rich(_ config: inout JSON) {
        config["root"]["readonly"] = true
        config["domainname"] = "example"
        config["process"]["terminal"] = true
        config["process"]["consoleSize"] = ["height": 33, "width": 101]
        config["process"]["user"] = ["uid": 1000, "gid": 1000, "additionalGids": [5]]
        config["process"]["oomScoreAdj"] = 100
        config["process"]["cwd"] = "/tmp"
        config["linux"]["sysctl"] = ["net.ipv4.ip_forward": "1"]
        config["linux"]["resources"]["memory"] = ["limit": 100_000_000]
        config["linux"]["resources"]["pids"] = ["limit": 100]
        config["linux"]["seccomp"] = SeccompTests.profile(["names": SeccompTests.folders, "action": "SCMP_ACT_ERRNO"])
        config["linux"]["devices"] = [["path": "/dev/fuse", "type": "c", "major": 10, "minor": 229]]
        config["hooks"] = ["createRuntime": [["path": "/bin/true"]], "createContainer": [["path": "/bin/true"]]]
        config.mount("/tmp", ["ro", "size=64k"])
    }

    /// All calls of a successful create, by name and number.
    private static func calls() throws -> [Fault] {
        var counts: [String: Int] = [:]
        try Bundle.with({ rich(&$0) }) { bundle in
            let trace = bundle.folder + "/log/strace"
            let console = bundle.folder + "/console"
            ListeningSocket.leave(try ListeningSocket(at: console))
            let words = bundle.words(
                ["create", "--bundle", bundle.folder, "--console-socket", console, bundle.id],
                log: bundle.folder + "/log/first")
            // -D: strace stays until init, which create leaves behind, has ended. We wait only for create.
            let outcome = try Program.run(["strace", "-D", "-f", "-q", "-o", trace] + words, limit: 300)
            #expect(outcome.exit == 0, "\(outcome.said)")
            _ = try bundle.delete(force: true)
            #expect(eventually { (try? Files.text(trace).contains("+++ killed by SIGKILL +++")) ?? false })
            var each: [String: Int] = [:]
            for line in try Files.text(trace).lines {
                let parts = line.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, let end = parts[1].firstIndex(of: "(") else { continue }
                let call = String(parts[1][..<end])
                guard !call.contains("<"), !call.contains("+"), !passing.contains(call) else { continue }
                each["\(parts[0]) \(call)", default: 0] += 1
                counts[call] = max(counts[call] ?? 0, each["\(parts[0]) \(call)"] ?? 0)
            }
        }
        let errnos = ["EPERM", "ENOMEM", "EIO", "ENOSPC"]
        return counts.sorted { $0.key < $1.key }.flatMap { call, count in
            (1...count).map { Fault(call: call, turn: $0, errno: errnos[$0 % errnos.count]) }
        }
    }

    @Test("whichever call fails, create fails in one line or succeeds, and nothing is left", .timeLimit(.minutes(60)))
    func sweep() throws {
        let all = try Self.calls()
        #expect(all.count > 200)
        let step = Host.isLong ? 1 : max(all.count / 25, 1)
        for index in stride(from: 0, to: all.count, by: step) {
            let fault = all[index]
            try Bundle.with({ Self.rich(&$0) }) { bundle in
                let outcome = try bundle.create(failing: fault)
                #expect(!outcome.ranOut, "\(fault.testDescription): out of time")
                if outcome.exit == 0 {
                    #expect(bundle.status == "created", "\(fault.testDescription)")
                } else {
                    #expect(outcome.exit == 1, "\(fault.testDescription): \(outcome.said)")
                    #expect(outcome.diagnostics.lines.count == 1, "\(fault.testDescription): \(outcome.said)")
                    let left = leftovers(bundle)
                    #expect(left == [], "\(fault.testDescription): \(outcome.said)")
                }
            }
        }
    }

    /// What is still left after some seconds.
    private func leftovers(_ bundle: Bundle) -> [String] {
        var left: [String] = []
        _ = eventually(within: 10) {
            left = Leftovers.of(bundle)
            return left.isEmpty
        }
        return left
    }
}

extension Bundle {
    /// Runs create under strace, which injects `fault` in the runtime and everything it starts.
    fileprivate func create(failing fault: InjectionTests.Fault) throws -> Outcome {
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        let console = folder + "/console"
        let socket = try ListeningSocket(at: console)
        let words = self.words(
            ["create", "--bundle", folder, "--pid-file", pidFile, "--console-socket", console, id], log: log)
        let inject = "inject=\(fault.call):error=\(fault.errno):when=\(fault.turn)"
        var outcome = try Program.run(
            ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(fault.call)", "-e", inject] + words,
            limit: 120)
        // The folder holds the terminal. If it went away, the waiting init would be hung up and end.
        ListeningSocket.leave(socket)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }
}
