import Glibc
import TestSupport
import Testing

@testable import Runtime

/// For every kind of step, a container in which a step of that kind fails: because strace(1) makes a system call fail,
/// or because of a hostile bundle, never by a switch in the runtime. The message names the right place, and nothing is
/// left.
@Suite("Failing steps", .inMachine, .oursOnly)
struct StepFailureTests {
    /// A step that fails.
    struct Case: Sendable, CustomTestStringConvertible {
        /// The word of its kind.
        var kind: String
        /// A part of the message.
        var words: String
        /// The place in config.json; nil if nothing there asked for the step.
        var pointer: String?
        var fault: Fault?
        /// What is wrong in config.json.
        var edit: @Sendable (inout JSON) throws -> Void = { _ in }
        /// What is wrong outside config.json.
        var prepare: @Sendable (Bundle) throws -> Void = { _ in }
        var options: [String] = []
        /// Whether it is a step of `exec`, with the process of the container's config.json.
        var isExec = false
        /// The runtime's environment in addition to PATH.
        var environment: [String] = []
        /// What standard input is.
        var input = Input.nothing

        var testDescription: String { kind }
    }

    /// A system call that fails.
    struct Fault: Sendable {
        var call: String
        var errno: String
        /// Which call, by the text that strace prints for it in a run without failures: the first that contains this.
        var like: String?
        /// Which call, counted in each process from 1, if `like` is nil.
        var turn = 1
        /// Only calls about this path, in which `ID` stands for the bundle's folder.
        var path: String?

        static func call(_ call: String, _ errno: String = "EPERM", turn: Int = 1) -> Fault {
            Fault(call: call, errno: errno, turn: turn)
        }

        static func call(_ call: String, _ errno: String = "EPERM", like: String) -> Fault {
            Fault(call: call, errno: errno, like: like)
        }
    }

    @Test("each kind of step has a failure here")
    func complete() throws {
        let kinds = try Self.words() + ["clone"]
        #expect(kinds.count > 90)
        for kind in kinds where !(Self.cannotFail + Self.elsewhere).contains(kind) {
            #expect(Self.cases.contains { $0.kind == kind }, "no failure of the step \(kind)")
        }
        for kind in Self.cases.map(\.kind) { #expect(kinds.contains(kind), "there is no step \(kind)") }
    }

    /// The word of each kind of work, as the sources have it.
    static func words() throws -> [String] {
        try Files.below(Host.sources + "/Sources/Runtime").filter { $0.hasSuffix(".swift") }.flatMap { path in
            try Files.text(path).matches(of: #/static var word: StaticString { "([a-z-]+)" }/#).map { String($0.1) }
        }
    }

    /// Steps that go on if they do not find what they look for, ``homeWithoutPasswd()``, or only release or
    /// allow something.
    static let cannotFail = [
        "find-home", "close-listener", "forget-caller", "leave-root", "allow-owner", "release-unit",
    ]

    /// Steps of neither `run` nor `exec`, whose failures ``MountsTests`` have, and those of ``SystemdTests``.
    static let elsewhere = ["change-mounts", "start-unit"]

    enum Input {
        case nothing
        case terminal
        case pipe
    }

    @Test("the step fails: the message names the place, and nothing is left", arguments: cases)
    func fails(one: Case) throws {
        try Bundle.with {
            try one.edit(&$0)
        } _: { bundle in
            try one.prepare(bundle)
            if one.isExec { return try fails(one, addedTo: bundle) }
            let words =
                ["run", "--bundle", bundle.folder] + one.options.map { $0.replacing("ID", with: bundle.folder) }
            let terminal = try TestTerminal()
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            defer { for end in ends { close(end) } }
            var surroundings = Program.Surroundings(environment: [Program.path] + one.environment)
            switch one.input {
            case .nothing: break
            case .terminal: surroundings.input = .descriptor(terminal.peer)
            case .pipe: surroundings.input = .descriptor(ends[0])
            }
            let outcome =
                try one.fault.map { try bundle.call(words + [bundle.id], surroundings, failing: $0) }
                ?? bundle.call(words + [bundle.id], surroundings)
            expectFailure(outcome, one.words, at: one.pointer)
            if one.pointer == nil { #expect(!outcome.diagnostics.contains("(config.json /"), "\(outcome.said)") }
            bundle.expectNothingLeft()
        }
    }

    /// The same for a process that is added to a container. The container goes on as before.
    private func fails(_ one: Case, addedTo bundle: Bundle) throws {
        try bundle.launch()
        let words = ["exec"] + one.options.map { $0.replacing("ID", with: bundle.folder) } + [bundle.id, "/bin/true"]
        let outcome = try one.fault.map { try bundle.call(words, .init(), failing: $0) } ?? bundle.call(words)
        expectFailure(outcome, one.words, at: one.pointer, exit: 255)
        #expect(outcome.diagnostics.contains("exec failed: "))
        if one.pointer == nil { #expect(!outcome.diagnostics.contains("(config.json /"), "\(outcome.said)") }
        #expect(eventually { Files.value(bundle.cgroup + "/cgroup.procs") == "\(bundle.pid)" })
        #expect(Files.names(bundle.folder).filter { $0.hasPrefix("exec-pid") } == [])
    }

    @Test("without a readable /etc/passwd HOME is /")
    func homeWithoutPasswd() throws {
        let output = try Bundle.output(of: "echo $HOME") { _ in
        } prepare: { bundle in
            unlink(bundle.rootfs + "/etc/passwd")
            #expect(mkfifo(bundle.rootfs + "/etc/passwd", 0o644) == 0)
        }
        #expect(output == "/\n")
    }
}

extension Bundle {
    /// Calls the runtime under strace, which injects `fault` in it, or in everything that it starts.
    fileprivate func call(
        _ words: [String], _ surroundings: Program.Surroundings, failing fault: StepFailureTests.Fault
    ) throws -> Outcome {
        let turn = try fault.like.map { try find($0, among: fault.call, words, surroundings) } ?? fault.turn
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        var strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(fault.call)"]
        strace += ["-e", "inject=\(fault.call):error=\(fault.errno):when=\(turn)"]
        if let path = fault.path { strace += ["-P", path.replacing("ID", with: folder).replacing("NAME", with: id)] }
        var outcome = try Program.run(strace + self.words(words, log: log), surroundings, limit: 300)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    /// The number of the call that contains `text`, counted in its process from 1, in a run without failures. With
    /// `last`, the last one of the process that made most; with `X|after`, the last that contains X.
    private func find(
        _ text: String, among call: String, _ words: [String], _ surroundings: Program.Surroundings
    ) throws -> Int {
        let file = folder + "/log/strace"
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        let outcome = try Program.run(
            ["strace", "-f", "-qq", "-s", "64", "-o", file, "-e", "trace=\(call)"] + self.words(words, log: log),
            surroundings, limit: 300)
        guard outcome.exit == 0 else { throw FixtureFailure("the run without a fault failed: \(outcome.said)") }
        var counts: [String: Int] = [:], found: [Int] = []
        let wanted = text.hasSuffix("|after") ? String(text.dropLast(6)) : text
        for line in try Files.text(file).lines {
            guard let pid = line.words.first, line.contains(" \(call)(") else { continue }
            counts[pid, default: 0] += 1
            if line.contains(wanted) { found.append(counts[pid] ?? 0) }
        }
        if text == "last" { return counts.values.max() ?? 1 }
        guard let turn = text.hasSuffix("|after") ? found.last : found.first else {
            throw FixtureFailure("no \(call) with \(text)")
        }
        return turn
    }
}
