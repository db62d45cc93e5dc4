import Glibc
import TestSupport
import Testing

/// poststart hooks of a container in the foreground, which run while it does (runtime.md, "Lifecycle", step 9).
@Suite("Poststart hooks in the foreground", .inMachine)
struct PoststartTests {
    /// A bundle with a folder that the container sees as /notes, and one hook: the shell script `hook`, in which $notes
    /// is that folder.
    private func with(_ script: String, hook: String, terminal: Bool = false, _ body: (Bundle) throws -> Void) throws {
        try Bundle.with {
            $0.shell(script)
            $0["process"]["terminal"] = .bool(terminal)
        } _: { bundle in
            try Files.makeFolder(bundle.folder + "/notes", mode: 0o777)
            try bundle.edit {
                $0.bind(bundle.folder + "/notes", on: "/notes")
                $0["hooks"]["poststart"] = [HookRuleTests.shell("notes=\(bundle.folder)/notes; \(hook)")]
            }
            try body(bundle)
        }
    }

    /// Waits for a file of the notes, at most half a minute.
    private func wait(for name: String) -> String {
        "n=0; until [ -e $notes/\(name) ]; do n=$((n + 1)); [ $n -lt 300 ] || exit 1; sleep 0.1; done"
    }

    private func begin(_ bundle: Bundle, _ surroundings: Program.Surroundings = .init()) throws -> Program {
        try bundle.begin("run", "--bundle", bundle.folder, bundle.id, surroundings: surroundings)
    }

    @Test(
        "a hook may wait for what the program does after it has printed more than a terminal holds",
        .unless("poststart-too-early"))
    func printing() throws {
        let size = 200_000
        try with(
            "head -c \(size) /dev/zero | tr '\\0' x; : > /notes/printed", hook: wait(for: "printed"), terminal: true
        ) { bundle in
            let terminal = try TestTerminal()
            let program = try begin(bundle, terminal.surroundings)
            #expect(terminal.readAll(size) == (size, "xxxxxx"))
            let outcome = program.outcome()
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test("a signal reaches the program while a hook runs", .unless("poststart-too-early"))
    func signal() throws {
        try with(
            "trap ': > /notes/told; exit 3' TERM; : > /notes/ready; while :; do sleep 0.1; done",
            hook: wait(for: "told")
        ) { bundle in
            let program = try begin(bundle)
            #expect(eventually(within: 30) { Files.status(bundle.folder + "/notes/ready") != nil })
            kill(program.pid, SIGTERM)
            #expect(program.outcome().exit == 3)
            bundle.expectNothingLeft()
        }
    }

    @Test("if the program ends first, run returns its status, and waits for the hook")
    func late() throws {
        try with("exit 5", hook: "sleep 1; : > $notes/hooked") { bundle in
            let outcome = try begin(bundle).outcome()
            #expect(outcome.exit == 5, "\(outcome.said)")
            #expect(Files.status(bundle.folder + "/notes/hooked") != nil)
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "a hook that fails, or whose process is killed, ends the container", .oursOnly,
        arguments: [
            ("echo broken >&2; exit 9", "error running poststart hook #0: exit status 9, stdout: , stderr: broken"),
            ("kill -9 $PPID; sleep 1", "the process that runs the poststart hooks was ended"),
        ])
    func failing(hook: String, words: String) throws {
        try with("sleep 1000", hook: hook) { bundle in
            expectFailure(try bundle.run(), words)
            bundle.expectNothingLeft()
        }
    }
}
