import Glibc
import TestSupport
import Testing

/// `run` in the foreground of a terminal, or of something else, with a container that has a terminal of its own
/// (WhatCallersHandOver, "Foreground").
@Suite("Foreground", .inMachine)
struct ForegroundTests {
    /// A bundle whose program gets a terminal.
    static func with(
        _ script: String, _ edit: (inout JSON) throws -> Void = { _ in }, _ body: (Bundle) throws -> Void
    ) throws {
        try Bundle.with {
            $0.shell(script)
            $0["process"]["terminal"] = true
            try edit(&$0)
        } _: { bundle in
            try body(bundle)
        }
    }

    /// Runs `run` at `terminal`, as its controlling terminal as in a shell, or only as its streams.
    private static func begin(
        _ bundle: Bundle, at terminal: borrowing TestTerminal, isControlling: Bool = false,
        _ change: (inout Program.Surroundings) -> Void = { _ in }
    ) throws -> Program {
        var surroundings = terminal.surroundings
        change(&surroundings)
        let words = bundle.words(
            ["run", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id],
            log: bundle.folder + "/log/foreground")
        return try Program.start((isControlling ? ["setsid", "--ctty", "--wait"] : []) + words, surroundings)
    }

    @Test(
        "what is typed reaches the program, what it prints the terminal, which is raw meanwhile and then as it was",
        .unless("console-size"))
    func both() throws {
        try Self.with("stty size; echo ready; read line; echo got $line; exit 3") { bundle in
            let terminal = try TestTerminal()
            let before = terminal.allModes
            let program = try Self.begin(bundle, at: terminal)
            #expect(terminal.read(until: "ready\r\n") == "24 80\r\nready\r\n")
            #expect(terminal.isCooked == false)
            terminal.type("word\r")
            // the container's terminal echoes it; ours would echo it again
            #expect(terminal.read(until: "got word\r\n") == "word\r\ngot word\r\n")
            #expect(program.outcome().exit == 3)
            #expect(terminal.allModes == before)
        }
    }

    @Test("a typed interrupt goes to the program and not to the runtime")
    func interrupts() throws {
        try Self.with("trap 'echo interrupted; exit 5' INT; echo ready; while :; do sleep 0.1; done") { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal, isControlling: true)
            _ = terminal.read(until: "ready\r\n")
            terminal.type("\u{3}")
            #expect(terminal.read(until: "interrupted\r\n").hasSuffix("interrupted\r\n"))
            #expect(program.outcome().exit == 5)
            #expect(terminal.isCooked == true)
        }
    }

    @Test("the program's terminal follows a new size of the terminal", .unless("console-size"))
    func resizes() throws {
        try Self.with("trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done") { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal, isControlling: true)
            _ = terminal.read(until: "ready\r\n")
            terminal.size = (50, 132)
            #expect(terminal.read(until: "50 132\r\n").hasSuffix("50 132\r\n"))
            expectSuccess(try bundle.kill())
            #expect(program.outcome().exit == 137)
            #expect(terminal.isCooked == true)
        }
    }

    @Test(
        "the terminal is restored even if a signal ends the program, or somebody ends run itself",
        arguments: [true, false])
    func signalled(isOfContainer: Bool) throws {
        try Self.with("trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done") { bundle in
            let terminal = try TestTerminal()
            let before = terminal.allModes
            let program = try Self.begin(bundle, at: terminal)
            _ = terminal.read(until: "ready\r\n")
            if isOfContainer { expectSuccess(try bundle.kill()) } else { kill(program.pid, SIGTERM) }
            #expect(program.outcome().exit == (isOfContainer ? 137 : 9))
            #expect(terminal.allModes == before)
            bundle.expectNothingLeft()
        }
    }

    @Test("a container that cannot start leaves the terminal as it was")
    func unstartable() throws {
        try Self.with("") { bundle in
            try Files.write(bundle.rootfs + "/bin/broken", "no program", mode: 0o755)
            try bundle.edit { $0.args = ["/bin/broken"] }
            let terminal = try TestTerminal()
            let before = terminal.allModes
            let outcome = try Self.begin(bundle, at: terminal).outcome()
            #expect(outcome.exit == 1)
            #expect(terminal.allModes == before)
            if !Difference.applies("crun-words") {
                #expect(terminal.read(until: "exec format error").contains("exec format error"))
            }
            bundle.expectNothingLeft()
        }
    }

    @Test("a container that cannot start gives the terminal back before its poststop hooks run", .oursOnly)
    func unstartableHook() throws {
        try Self.with("") { bundle in
            let terminal = try TestTerminal()
            let peer = Files.link("/proc/self/fd/\(terminal.peer)") ?? ""
            let file = bundle.folder + "/modes"
            try Files.write(bundle.rootfs + "/bin/broken", "no program", mode: 0o755)
            try bundle.edit { config in
                config.args = ["/bin/broken"]
                let script = "stty -F \(peer) -a > \(file)"
                config["hooks"]["poststop"] = [["path": "/bin/sh", "args": .words(["sh", "-c", script])]]
            }
            #expect(try Self.begin(bundle, at: terminal).outcome().exit == 1)
            let modes = try Files.text(file).words
            #expect(modes.contains("icanon") && modes.contains("echo"), "\(modes)")
        }
    }

    @Test(
        "after a stop and a continue, the terminal is raw again, and the new size is passed on",
        .unless("no-job-control"))
    func continued() throws {
        try Self.with("echo ready; read line; stty size; exit 0") { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal)
            _ = terminal.read(until: "ready\r\n")
            kill(program.pid, SIGSTOP)
            #expect(eventually { Processes.state(program.pid) == "T" })
            // this is what a shell does that has the terminal meanwhile
            let sane = try Program.run(["stty", "sane"], terminal.surroundings)
            #expect(sane.exit == 0 && terminal.isCooked)
            terminal.size = (10, 20)
            kill(program.pid, SIGCONT)
            #expect(eventually { !terminal.isCooked })
            terminal.type("\r")
            #expect(terminal.read(until: "10 20\r\n").hasSuffix("10 20\r\n"))
            #expect(program.outcome().exit == 0)
            #expect(terminal.isCooked == true)
        }
    }

    @Test("in the background run stops and waits for the terminal, like every program", .unless("no-job-control"))
    func background() throws {
        try Self.with("echo ready; exit 4") { bundle in
            let terminal = try TestTerminal()
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
            // a shell with job control, which brings its last job to the foreground when a line is typed
            let script = "set -m; \(words.joined(separator: " ")) & read line; fg >/dev/null; echo status $?"
            let shell = try Program.start(["setsid", "--ctty", "--wait", "bash", "-c", script], terminal.surroundings)
            #expect(
                eventually {
                    Processes.children(of: shell.pid).contains { child in
                        Processes.children(of: child).contains { Processes.state($0) == "T" }
                    } || Processes.all.contains { Processes.state($0) == "T" && Processes.traces($0, of: bundle.id) }
                })
            #expect(terminal.isCooked == true)
            terminal.type("\n")
            let text = terminal.read(until: "status 4\r\n")
            #expect(text.contains("ready\r\n") && text.hasSuffix("status 4\r\n"), "\(text)")
            _ = shell.outcome()
        }
    }

    @Test("without a terminal of its own run refuses a container that wants one", .unless("console-needs-none"))
    func none() throws {
        try Self.with("true") { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/none")
            var outcome = try Program.run(["setsid", "--wait"] + words)
            outcome.log = try Files.text(bundle.folder + "/log/none")
            expectFailure(outcome, "open /dev/tty: no such device or address", at: "/process/terminal")
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "standard input may be a pipe: the program gets all of it, and its end does not end the program",
        .unless("console-needs-none"))
    func pipeIn() throws {
        try Self.with("read a; read b; echo $a $b; test -t 0 && echo terminal") { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal) { $0.input = .text("one\ntwo\n") }
            #expect(terminal.read(until: "terminal\r\n").hasSuffix("one two\r\nterminal\r\n"))
            #expect(program.outcome().exit == 0)
        }
    }

    @Test(
        "everything printed arrives at a file, a pipe and a terminal, with the line ends of the program",
        .unless("console-line-ends"))
    func whole() throws {
        let size = Host.isLong ? 100_000_000 : 20_000_000
        let script = "head -c \(size - 5) /dev/zero | tr '\\0' x; printf 'last\\n'"
        try Self.with(script) { bundle in
            let terminal = try TestTerminal()
            for sink in ["cat > \(bundle.folder)/out", "dd of=\(bundle.folder)/out bs=64k 2>/dev/null"] {
                let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
                let program = try Program.start(
                    ["bash", "-c", "\"$@\" | \(sink)", "-"] + words, terminal.surroundings)
                #expect(program.outcome(within: 600).exit == 0)
                let bytes = try Files.bytes(bundle.folder + "/out")
                #expect(bytes.count == size)
                #expect(bytes.suffix(5).elementsEqual(Array("last\n".utf8)))
            }
            let program = try Self.begin(bundle, at: terminal)
            // The terminal has turned the line end into two bytes.
            let (count, last) = terminal.readAll(size + 1)
            #expect(count == size + 1)
            #expect(last == "last\r\n")
            #expect(program.outcome().exit == 0)
        }
    }

    @Test("through pipes, without a terminal, everything arrives as well")
    func wholePipe() throws {
        let size = Host.isLong ? 100_000_000 : 20_000_000
        try Bundle.with({ $0.shell("tr '\\0' x; printf 'last\\n'") }) { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
            let script = "head -c \(size - 5) /dev/zero | \"$@\" | cat > \(bundle.folder)/out; exit ${PIPESTATUS[1]}"
            #expect(try Program.run(["bash", "-c", script, "-"] + words, limit: 600).exit == 0)
            let bytes = try Files.bytes(bundle.folder + "/out")
            #expect(bytes.count == size && bytes.suffix(5).elementsEqual(Array("last\n".utf8)))
        }
    }

    @Test("a program that prints and ends at once loses no output, every time", .unless("console-line-ends"))
    func lastBytes() throws {
        try Self.with("seq 1 3000; printf end") { bundle in
            let terminal = try TestTerminal()
            for _ in 0..<(Host.isLong ? 200 : 20) {
                let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
                let program = try Program.start(
                    ["bash", "-c", "\"$@\" > \(bundle.folder)/out", "-"] + words, terminal.surroundings)
                #expect(program.outcome().exit == 0)
                let text = try Files.text(bundle.folder + "/out")
                #expect(text.utf8.count == 13896 && text.hasSuffix("3000\nend"), "\(text.utf8.count)")
            }
        }
    }

    @Test(
        "run does not hang if its reader is gone, nor if a process left behind has the terminal",
        .unless("console-stuck"))
    func ends() throws {
        try Self.with("i=0; while [ $i -lt 3000 ]; do echo some words that nobody reads; i=$((i+1)); done; exit 6") {
            bundle in
            let terminal = try TestTerminal()
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
            let program = try Program.start(
                ["bash", "-c", "\"$@\" | head -c 10 > /dev/null; exit ${PIPESTATUS[0]}", "-"] + words,
                terminal.surroundings)
            #expect(program.outcome().exit == 6)
        }
        try Self.with("trap '' HUP; (while :; do echo more; done) & sleep 0.3; exit 8") {
            $0.share("pid")
        } _: { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal) { $0.descriptors[1] = open("/dev/null", O_WRONLY) }
            #expect(program.outcome().exit == 8)
        }
    }

    @Test("the copy goes on if no process has the terminal open for a while")
    func reopened() throws {
        try Self.with("exec sh -c 'exec 0<&- 1>&- 2>&-; sleep 1; exec >/dev/console; echo back'") { bundle in
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal)
            #expect(terminal.read(until: "back\r\n") == "back\r\n")
            #expect(program.outcome().exit == 0)
        }
    }

    @Test(
        "after a container hangs up its terminal, the next process that opens it can use it", .unless("console-hung-up")
    )
    func hungUp() throws {
        let vhangup: UInt32 = 153
        try Self.with("trap '' HUP; /bin/hangup; exec 0<&- 1>&- 2>&-; sleep 1; exec >/dev/console; echo back") {
            $0.allCapabilities()
        } _: { bundle in
            try CallProgram.write(bundle.rootfs + "/bin/hangup", calling: vhangup)
            let terminal = try TestTerminal()
            let program = try Self.begin(bundle, at: terminal)
            // The kernel restores the settings of a new terminal, ONLCR among them.
            #expect(terminal.read(until: "\n").trimmed == "back")
            #expect(program.outcome().exit == 0)
        }
    }

    @Test("the caller's own streams keep their flags")
    func flags() throws {
        try Self.with("echo ready; read line") { bundle in
            let terminal = try TestTerminal()
            var ends: [Int32] = [-1, -1]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            defer { for end in ends { close(end) } }
            let program = try Self.begin(bundle, at: terminal) { $0.descriptors[1] = ends[0] }
            var buffer = [UInt8](repeating: 0, count: 100)
            #expect(recv(ends[1], &buffer, 100, 0) > 0)
            #expect(fcntl(terminal.peer, F_GETFL) & O_NONBLOCK == 0)
            terminal.type("\r")
            #expect(program.outcome().exit == 0)
            #expect(fcntl(ends[0], F_GETFL) & O_NONBLOCK == 0)
        }
    }
}
