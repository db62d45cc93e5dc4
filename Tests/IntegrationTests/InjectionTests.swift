import Glibc
import Testing

/// Failures from outside: one system call of the runtime fails, by strace(1), and nothing may be left.
@Suite("Injected failures", .inMachine)
struct InjectionTests {
    /// A system call that is made to fail, and where the wish for it stands in config.json.
    struct Fault: Sendable, CustomTestStringConvertible {
        var call: String
        var errno = "EPERM"
        /// Which of the calls of this name in one process, counted from 1.
        var turn = 1
        /// What the message must contain; empty for anything.
        var words = "operation not permitted"
        /// The pointer that ours must name; nil for none.
        var pointer: String?

        var testDescription: String { "\(call) \(turn) gives \(errno)" }
    }

    static let faults = [
        Fault(call: "pivot_root"), Fault(call: "sethostname", pointer: "/hostname"),
        Fault(call: "execve", errno: "ENOEXEC", turn: 2, words: ""),
    ]

    @Test("the call fails, create says so and leaves nothing", arguments: faults)
    func create(fault: Fault) throws {
        try Bundle.with { bundle in
            if fault.call == "execve" { return }
            let outcome = try bundle.create(failing: fault)
            expectFailure(outcome, fault.words, at: fault.pointer)
            bundle.expectNothingLeft()
            expectSuccess(try bundle.create())
        }
    }
}

extension Bundle {
    /// Creates under strace, which lets `fault` happen in the runtime and all that it starts.
    func create(failing fault: InjectionTests.Fault) throws -> Outcome {
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        let words = self.words(["create", "--bundle", folder, "--pid-file", pidFile, id], log: log)
        let inject = "inject=\(fault.call):error=\(fault.errno):when=\(fault.turn)"
        var outcome = try Program.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(fault.call)", "-e", inject] + words, limit: 300)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }
}
