import Glibc
import Testing

/// A seccomp filter around the runtime, older or stricter than the runtime. The message names the refused call, and
/// suspects the filter.
@Suite("A filter around the runtime", .inMachine, .oursOnly)
struct SuspectedFilterTests {
    struct Call: Sendable, CustomTestStringConvertible {
        var name: String
        /// Of x86_64.
        var number: UInt32

        var testDescription: String { name }

        static let all: [Call] = [
            Call(name: "clone3", number: 435), Call(name: "openat2", number: 437), Call(name: "open_tree", number: 428),
            Call(name: "move_mount", number: 429), Call(name: "fsopen", number: 430),
            Call(name: "fsconfig", number: 431),
            Call(name: "fsmount", number: 432), Call(name: "mount_setattr", number: 442),
            Call(name: "close_range", number: 436),
            Call(name: "pidfd_send_signal", number: 424),
        ]
    }

    private func run(_ bundle: Bundle, _ words: [String], refusing call: Call, with errno: Int32) throws -> Outcome {
        let log = "\(bundle.folder)/log/\(UInt32.random(in: 0 ... .max))"
        var outcome = try FilteredProgram.run(bundle.words(words, log: log), refusing: [call.number], with: errno)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    @Test("ENOSYS of a call that every supported kernel has", arguments: Call.all)
    func missing(call: Call) throws {
        try Bundle.with({ $0.bind("/etc", on: "/tmp", ["rbind", "rro"]) }) { bundle in
            let outcome = try run(bundle, ["run", "--bundle", bundle.folder, bundle.id], refusing: call, with: ENOSYS)
            // ending and removing a container does not need each of them
            if outcome.exit == 0, call.name == "pidfd_send_signal" { return }
            expectFailure(outcome, "a seccomp filter around apus")
            #expect(outcome.diagnostics.contains("\(call.name)(2)"), "\(outcome.said)")
            bundle.expectNothingLeft()
        }
    }

    @Test("EPERM of a call", arguments: Call.all.filter { $0.name != "clone3" && $0.name != "pidfd_send_signal" })
    func forbidden(call: Call) throws {
        try Bundle.with({ $0.bind("/etc", on: "/tmp", ["rbind", "rro"]) }) { bundle in
            let outcome = try run(bundle, ["run", "--bundle", bundle.folder, bundle.id], refusing: call, with: EPERM)
            expectFailure(outcome, "a seccomp filter around apus")
            #expect(outcome.diagnostics.contains(call.name), "\(outcome.said)")
        }
    }

    @Test(
        "faccessat2 is not needed: without it, a program still counts as executable",
        arguments: [ENOSYS, EPERM])
    func access(errno: Int32) throws {
        try Bundle.with({ $0.args = ["sh", "-c", "echo here"] }) { bundle in
            let call = Call(name: "faccessat2", number: 439)
            let outcome = try run(bundle, ["run", "--bundle", bundle.folder, bundle.id], refusing: call, with: errno)
            #expect(outcome.exit == 0 && outcome.output == "here\n", "\(outcome.said)")
            try bundle.edit { $0.args = ["/etc"] }
            let other = try run(bundle, ["run", "--bundle", bundle.folder, bundle.id], refusing: call, with: errno)
            #expect(other.exit == 1 && !other.said.contains("filter"), "\(other.said)")
        }
    }
}
