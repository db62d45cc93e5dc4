import Glibc
import TestSupport
import Testing

/// `process.terminal`, `consoleSize` and `--console-socket` (WhatConfigMeans, "Terminal"; WhatCallersHandOver, "Console
/// socket"): the terminal itself, and who gets it.
@Suite("Terminal", .inMachine)
struct TerminalTests {
    /// A bundle whose program gets a terminal, with a socket at `console` in its folder that receives it.
    static func with(
        _ script: String, _ edit: (inout JSON) throws -> Void = { _ in },
        _ body: (Bundle, borrowing ListeningSocket) throws -> Void
    ) throws {
        try ForegroundTests.with(script, edit) { bundle in
            try body(bundle, try ListeningSocket(at: bundle.folder + "/console"))
        }
    }

    /// What the console socket gets: one message with one descriptor.
    static func take(_ socket: borrowing ListeningSocket) throws -> TestTerminal {
        let connection = try socket.accept()
        let (bytes, descriptors) = try connection.receive()
        #expect((1..<4096).contains(bytes.count), "the terminal's name is \(bytes.count) bytes")
        try #require(descriptors.count == 1)
        return TestTerminal(master: descriptors[0])
    }

    /// Everything that a script prints at its terminal.
    private func output(
        of script: String, _ edit: (inout JSON) throws -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        var lines: [String] = []
        try Self.with(script + "; echo end", edit) { bundle, socket in
            let program = try bundle.begin(
                "run", "--detach", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, "--console-socket",
                bundle.folder + "/console", bundle.id)
            let terminal = try Self.take(socket)
            let outcome = program.outcome()
            #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
            let text = terminal.read(until: "end\r\n")
            #expect(text.hasSuffix("end\r\n"), "\(text)", sourceLocation: sourceLocation)
            lines = text.replacing("\r\n", with: "\n").lines.dropLast()
            // the program ends, and its terminal is closed
            try bundle.stop()
        }
        return lines
    }

    @Test("the terminal is one of the container's own /dev/pts, and is its standard input, output and error")
    func own() throws {
        let lines = try output(
            of: """
                tty; readlink /proc/self/fd/1; readlink /proc/self/fd/2; ls -1 /dev/pts; echo typed > /dev/tty
                stat -c '%t:%T' /dev/pts/0 /dev/console; echo shown > /dev/console
                """)
        #expect(
            lines == [
                "/dev/pts/0", "/dev/pts/0", "/dev/pts/0", "0", "ptmx", "typed", "88:0", "88:0", "shown",
            ])
    }

    @Test("it controls the session of the program, which is in its foreground")
    func controls() throws {
        // fields 5 to 8 of /proc/PID/stat: process group, session, terminal, foreground process group
        let lines = try output(of: "cut -d ' ' -f 5-8 /proc/$$/stat")
        #expect(lines.first?.words.dropFirst().first == "1", "\(lines)")
        #expect(lines.first?.words.dropFirst(2).first == "34816", "\(lines)")
    }

    @Test(
        "terminal, owner: the user's, with the group of the devpts",
        arguments: [(0, false), (1000, false), (1000, true)])
    func owner(uid: Int, isMapped: Bool) throws {
        let lines = try output(of: "stat -c '%u:%g:%a' /dev/pts/0; test -w /dev/tty && echo writable") {
            $0["process"]["user"]["uid"] = .int(uid)
            if isMapped { $0.mapUsers() }
        }
        #expect(lines == ["\(uid):5:620", "writable"])
    }

    @Test("consoleSize is the terminal's size, and ignored without a terminal")
    func size() throws {
        let edit: (inout JSON) -> Void = { $0["process"]["consoleSize"] = ["height": 33, "width": 101] }
        #expect(try output(of: "stty size", edit) == ["33 101"])
        #expect(try Bundle.output(of: "test -t 1 || echo none", edit) == "none\n")
    }

    @Test("consoleSize larger than a terminal can be is an error", .unless("console-size-unchecked"))
    func wrongSize() throws {
        try Self.with("true") { bundle, _ in
            try bundle.edit { $0["process"]["consoleSize"] = ["height": 33, "width": 65536] }
            let outcome = try bundle.create("--console-socket", bundle.folder + "/console")
            expectFailure(outcome, "too large", at: "/process/consoleSize/width")
            bundle.expectNothingLeft()
        }
    }

    @Test("create with --console-socket hands the terminal over before the program runs")
    func created() throws {
        // a hangup would not end the first process of a pid namespace of its own
        try Self.with("read line; echo got $line; sleep 1000", { $0.share("pid") }) { bundle, socket in
            let program = try bundle.begin(
                "create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, "--console-socket",
                bundle.folder + "/console", bundle.id)
            let terminal = try Self.take(socket)
            let outcome = program.outcome()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(terminal.size == (0, 0))
            terminal.size = (44, 111)
            expectSuccess(try bundle.start())
            terminal.type("word\n")
            #expect(terminal.read(until: "got word\r\n") == "word\r\ngot word\r\n")
            // the runtime keeps no end of the terminal: if the receiver closes the master, the container's session is
            // hung up
            let pid = bundle.pid
            _ = consume terminal
            #expect(eventually { Processes.isGone(pid) })
        }
    }

    @Test("the words for a terminal that nobody takes, and for a receiver without one")
    func words() throws {
        let tty = "cannot allocate tty if runc will detach without setting console socket"
        let socket = "cannot use console socket if runc will not detach or allocate tty"
        try Self.with("true") { bundle, _ in
            let console = bundle.folder + "/console"
            expectFailure(try bundle.create(), tty, at: "/process/terminal", unless: "console-words")
            expectFailure(try bundle.run("--detach"), tty, at: "/process/terminal", unless: "console-words")
            if Difference.applies("console-words") { return }
            expectFailure(try bundle.run("--console-socket", console), socket)
            try bundle.edit { $0["process"]["terminal"] = false }
            expectFailure(try bundle.run("--detach", "--console-socket", console), socket, at: "/process/terminal")
            expectFailure(try bundle.create("--console-socket", console), socket, at: "/process/terminal")
            bundle.expectNothingLeft()
        }
    }

    @Test("a console socket that does not exist, or on which nobody listens, is an error before anything is made")
    func noSocket() throws {
        try Self.with("true") { bundle, _ in
            let path = bundle.folder + "/nothing"
            func refused(_ words: String, line: SourceLocation = #_sourceLocation) throws {
                expectFailure(
                    try bundle.create("--console-socket", path), words, at: "/process/terminal", sourceLocation: line)
                bundle.expectNothingLeft(sourceLocation: line)
            }
            try refused("no such file or directory")
            do { _ = try ListeningSocket(at: path) }
            try refused("connection refused")
        }
    }

    @Test("a console socket's path may be longer than an address", .unless("console-long-path"))
    func longPath() throws {
        try Self.with("echo here; sleep 1000") { bundle, _ in
            let path = "\(bundle.folder)/\(String(repeating: "a", count: 80))"
            #expect(path.utf8.count > 107)
            let socket = try ListeningSocket(at: path)
            let program = try bundle.begin(
                "run", "-d", "--bundle", bundle.folder, "--console-socket", path, bundle.id)
            let terminal = try Self.take(socket)
            #expect(program.outcome().exit == 0)
            #expect(terminal.read(until: "here\r\n") == "here\r\n")
        }
    }

    @Test("if the receiver hangs up before the terminal comes, create fails, and nothing is left", .oursOnly)
    func refusing() throws {
        try Self.with("true", { $0["hooks"]["createRuntime"] = [["path": "/bin/sleep", "args": ["sleep", "1"]]] }) {
            bundle, socket in
            let program = try bundle.begin(
                "create", "--bundle", bundle.folder, "--console-socket", bundle.folder + "/console", bundle.id)
            _ = try socket.accept()
            let outcome = program.outcome()
            #expect(outcome.exit == 1 && outcome.diagnostics.contains("broken pipe"), "\(outcome.said)")
            bundle.expectNothingLeft()
        }
    }

    @Test("a terminal in a read-only root, and with a bind of the host's /dev")
    func roots() throws {
        let script = "tty; test -c /dev/console && echo console"
        #expect(try output(of: script) { $0["root"]["readonly"] = true } == ["/dev/pts/0", "console"])
        let lines = try output(of: "test -t 0 && test -c /dev/console && echo console") {
            for place in ["/dev", "/dev/pts", "/dev/shm", "/dev/mqueue"] { $0.unmount(place) }
            $0.bind("/dev", on: "/dev")
            $0["linux"]["resources"]["devices"] = [["allow": true, "access": "rwm"]]
        }
        #expect(lines == ["console"])
    }

    @Test("terminal: what stands in the place of ptmx or /dev/console leads nowhere", .unless("console-by-link"))
    func replaced() throws {
        try Self.with("true") { bundle, _ in
            func refused(
                _ words: String, line: SourceLocation = #_sourceLocation, _ edit: (inout JSON) -> Void
            ) throws {
                let before = try Files.bytes(bundle.folder + "/config.json")
                try bundle.edit(edit)
                expectFailure(
                    try bundle.create("--console-socket", bundle.folder + "/console"), words, at: "/process/terminal",
                    sourceLocation: line)
                bundle.expectNothingLeft(sourceLocation: line)
                try Files.write(bundle.folder + "/config.json", before)
            }
            try Files.makeFolder(bundle.rootfs + "/pts")
            try Files.write(bundle.rootfs + "/pts/ptmx", "no terminal")
            try refused("something else") { config in
                config.unmount("/dev/pts")
                config.bind(bundle.rootfs + "/pts", on: "/dev/pts")
            }
            try refused("symbolic link") { config in
                config["hooks"]["createContainer"] = [
                    ["path": "/bin/ln", "args": ["ln", "-s", "/proc/sysrq-trigger", "\(bundle.rootfs)/dev/console"]]
                ]
            }
        }
    }
}
