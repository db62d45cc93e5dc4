import Glibc
import TestSupport
import Testing

/// `exec` with a terminal, in our foreground or for a console socket, and the other things it hands over
/// (WhatCallersHandOver).
@Suite("Exec, terminal", .inMachine)
struct ExecTerminalTests {
    /// Runs `exec` of a script at `terminal`, as its controlling terminal as in a shell, or only as its streams.
    private func begin(
        _ bundle: Bundle, _ script: String, at terminal: borrowing TestTerminal, isControlling: Bool = false
    ) throws -> Program {
        let words = bundle.words(
            ["exec", "--tty", bundle.id, "/bin/sh", "-c", script], log: bundle.folder + "/log/terminal")
        return try Program.start(
            (isControlling ? ["setsid", "--ctty", "--wait"] : []) + words, terminal.surroundings)
    }

    @Test("--tty: a terminal of the container, which has our size and shows at ours, raw meanwhile and then as it was")
    func foreground() throws {
        try Bundle.running { bundle in
            let terminal = try TestTerminal()
            let before = terminal.allModes
            let program = try begin(
                bundle, "tty; stty size; test -w /dev/tty && echo ready; read line; echo got $line; exit 3",
                at: terminal)
            #expect(terminal.read(until: "ready\r\n") == "/dev/pts/0\r\n24 80\r\nready\r\n")
            #expect(terminal.isCooked == false)
            terminal.type("word\r")
            #expect(terminal.read(until: "got word\r\n") == "word\r\ngot word\r\n")
            #expect(program.outcome().exit == 3)
            #expect(terminal.allModes == before)
        }
    }

    @Test("a new size, and a typed interrupt, reach the program", .unless("console-size"))
    func resizes() throws {
        try Bundle.running { bundle in
            let terminal = try TestTerminal()
            let script = "trap 'stty size' WINCH; trap 'exit 5' INT; echo ready; while :; do sleep 0.1; done"
            let program = try begin(bundle, script, at: terminal, isControlling: true)
            _ = terminal.read(until: "ready\r\n")
            terminal.size = (50, 132)
            #expect(terminal.read(until: "50 132\r\n").hasSuffix("50 132\r\n"))
            terminal.type("\u{3}")
            #expect(program.outcome().exit == 5)
            #expect(terminal.isCooked == true)
            #expect(bundle.status == "running")
        }
    }

    @Test(
        "--console-socket gets the terminal of a detached process, with the size that its text asks for",
        .unless("console-size"))
    func socket() throws {
        try Bundle.running { bundle in
            let socket = try ListeningSocket(at: bundle.folder + "/console")
            var process = try JSON(try Files.text(bundle.folder + "/config.json"))["process"]
            process["terminal"] = true
            process["consoleSize"] = ["height": 33, "width": 101]
            process["user"] = ["uid": 1000, "gid": 1000]
            process["args"] = ["/bin/sh", "-c", "stty size; stat -c %u $(tty); read line; echo got $line; sleep 1000"]
            try Files.write(bundle.folder + "/process", process.text)
            let outcome = try bundle.call(
                "exec", "--process", bundle.folder + "/process", "--console-socket", bundle.folder + "/console",
                "--detach", "--pid-file", bundle.folder + "/exec-pid", bundle.id)
            #expect(outcome.exit == 0, "\(outcome.said)")
            let terminal = try TerminalTests.take(socket)
            terminal.type("word\n")
            let text = terminal.read(until: "got word\r\n")
            #expect(
                text.contains("33 101\r\n") && text.contains("1000\r\n") && text.hasSuffix("got word\r\n"), "\(text)")
            // the runtime keeps no end of the terminal: if the receiver closes the master, the session is hung up
            let pid = Files.value(bundle.folder + "/exec-pid").flatMap { pid_t($0) } ?? 0
            _ = consume terminal
            #expect(pid > 0 && eventually { Processes.isGone(pid) })
        }
    }

    @Test("the words for a terminal that nobody takes, and for a receiver without one", .unless("console-words"))
    func words() throws {
        try Bundle.running { bundle in
            let socket = ["--console-socket", bundle.folder + "/console"]
            let none = "cannot use console socket if runc will not detach or allocate tty"
            expectFailure(
                try bundle.exec(["/bin/true"], ["--tty", "--detach"]),
                "exec failed: cannot allocate tty if runc will detach without setting console socket", exit: 255)
            expectFailure(try bundle.exec(["/bin/true"], socket), "exec failed: \(none)", exit: 255)
            expectFailure(try bundle.exec(["/bin/true"], socket + ["--detach"]), none, exit: 255)
            expectFailure(try bundle.exec(["/bin/true"], socket + ["--tty"]), none, exit: 255)
            expectFailure(
                try bundle.exec(["/bin/true"], socket + ["--tty", "--detach"]), "no such file or directory", exit: 255)
            #expect(Files.value(bundle.cgroup + "/cgroup.procs") == "\(bundle.pid)")
        }
    }

    @Test("a program that cannot be run leaves our terminal as it was", .unless("exec-words"))
    func unstartable() throws {
        try Bundle.running { bundle in
            let script = bundle.rootfs + "/bin/broken"
            try Files.write(script, "no program", mode: 0o755)
            let terminal = try TestTerminal()
            let before = terminal.allModes
            let words = bundle.words(["exec", "--tty", bundle.id, "/bin/broken"], log: bundle.folder + "/log/terminal")
            let outcome = try Program.start(words, terminal.surroundings).outcome()
            #expect(outcome.exit == 255)
            #expect(terminal.allModes == before)
        }
    }

    @Test("everything typed and printed arrives, through a terminal and through pipes")
    func whole() throws {
        let size = Host.isLong ? 100_000_000 : 20_000_000
        try Bundle.running { bundle in
            let terminal = try TestTerminal()
            let program = try begin(
                bundle, "head -c \(size - 5) /dev/zero | tr '\\0' x; printf 'last\\n'", at: terminal)
            // The terminal has turned the line end into two bytes.
            let (count, last) = terminal.readAll(size + 1)
            #expect(count == size + 1)
            #expect(last == "last\r\n")
            #expect(program.outcome().exit == 0)

            let words = bundle.words(
                ["exec", bundle.id, "/bin/sh", "-c", "tr '\\0' x; printf 'last\\n'"], log: "/dev/null")
            let script = "head -c \(size - 5) /dev/zero | \"$@\" | cat > \(bundle.folder)/out; exit ${PIPESTATUS[1]}"
            let pipes = try Program.run(["bash", "-c", script, "-"] + words, limit: 600)
            #expect(pipes.exit == 0, "\(pipes.said)")
            let bytes = try Files.bytes(bundle.folder + "/out")
            #expect(bytes.count == size && bytes.suffix(5).elementsEqual(Array("last\n".utf8)))
        }
    }

    @Test("--pidfd-socket gets a pidfd of the process, called setns", .unless("pidfd-socket"))
    func pidfd() throws {
        try Bundle.running { bundle in
            let socket = try ListeningSocket(at: bundle.folder + "/p")
            let pid = try bundle.sleeper("--pidfd-socket", bundle.folder + "/p")
            let (bytes, descriptors) = try socket.accept().receive()
            #expect(String(decoding: bytes, as: UTF8.self) == "setns")
            try #require(descriptors.count == 1)
            defer { close(descriptors[0]) }
            let information = try Files.text("/proc/self/fdinfo/\(descriptors[0])").lines
            #expect(information.contains("Pid:\t\(pid)"), "\(information)")
        }
    }

    @Test("--preserve-fds hands on so many after 2, and one that is not open is refused")
    func preserved() throws {
        let numbers = (3...5).map { _ in open("/dev/zero", O_RDONLY | O_CLOEXEC) }
        defer { for number in numbers { close(number) } }
        var surroundings = Program.Surroundings()
        for (index, number) in numbers.enumerated() { surroundings.descriptors[Int32(index) + 3] = number }
        try Bundle.running { bundle in
            let outcome = try bundle.exec(
                ["/bin/ls", "/proc/self/fd"], ["--preserve-fds", "2"], surroundings: surroundings)
            #expect(outcome.output.words == ["0", "1", "2", "3", "4", "5"], "\(outcome.said)")
            if Difference.applies("preserved-unchecked") { return }
            expectFailure(
                try bundle.exec(["/bin/true"], ["--preserve-fds", "4"], surroundings: surroundings),
                "unable to stat preserved-fd 6", exit: 255)
        }
    }
}
