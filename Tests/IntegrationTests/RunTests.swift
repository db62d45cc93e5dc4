import Glibc
import TestSupport
import Testing

/// `run`: standard streams, exit codes, signals, `--detach`, pid files.
@Suite("Run", .inMachine)
struct RunTests {
    @Test("standard input, output and error are the caller's own")
    func streams() throws {
        try Bundle.with({ $0.shell("cat; echo oops >&2") }) { bundle in
            let outcome = try bundle.run(surroundings: .init(input: .text("hello\n")))
            #expect(outcome.exit == 0)
            #expect(outcome.output == "hello\n")
            #expect(outcome.diagnostics == "oops\n")
        }
    }

    @Test("run returns the exit code, and nothing is left", arguments: [0, 1, 2, 42, 126, 127, 255])
    func exitCode(code: Int32) throws {
        try Bundle.with({ $0.shell("exit \(code)") }) { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit == code, "\(outcome.said)")
            #expect(outcome.log.isEmpty)
            bundle.expectNothingLeft()
            #expect(bundle.status == "none")
        }
    }

    @Test("a container that a signal ends gives 128 + N", arguments: [("KILL", 137), ("TERM", 143), ("ABRT", 134)])
    func signalled(signal: String, code: Int32) throws {
        try Bundle.with {
            $0.share("pid")  // an init of its own pid namespace ignores what it does not handle
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            let running = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            #expect(eventually { bundle.status == "running" })
            expectSuccess(try bundle.kill(signal))
            #expect(running.outcome().exit == code)
            bundle.expectNothingLeft()
        }
    }

    @Test("signals sent to run reach the container; the end of a child or a new window size does not disturb it")
    func forwards() throws {
        let signals: [(String, Int32)] = [
            ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("USR1", SIGUSR1), ("USR2", SIGUSR2),
            ("ALRM", SIGALRM),
            ("CONT", SIGCONT),
        ]
        let traps = signals.map { "trap 'echo \($0.0)' \($0.0);" }.joined(separator: " ")
        try Bundle.with({ $0.shell("\(traps) trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done") }) {
            bundle in
            let running = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            #expect(eventually { running.output == "ready\n" })
            Glibc.kill(running.pid, SIGWINCH)
            Glibc.kill(running.pid, SIGCHLD)
            for (name, number) in signals {
                Glibc.kill(running.pid, number)
                #expect(
                    eventually { running.output.hasSuffix("\(name)\n") }, "\(name) does not arrive: \(running.output)")
            }
            Glibc.kill(running.pid, SIGTERM)
            #expect(running.outcome().exit == 7)
            bundle.expectNothingLeft()
        }
    }

    @Test("run --detach returns at once, keeps the streams, and start is done", arguments: ["--detach", "-d"])
    func detached(option: String) throws {
        try Bundle.with({ $0.shell("echo begun; sleep 1000") }) { bundle in
            let running = try bundle.begin(
                "run", option, "--pid-file", bundle.pidFile, "--bundle", bundle.folder, bundle.id)
            #expect(running.outcome().exit == 0)
            let state = try bundle.stateJSON()
            #expect(state["status"] == "running")
            #expect(state["pid"].int == Int(bundle.pid))
            #expect(Processes.fields(bundle.pid)?[1] == "1")
        }
    }

    @Test("run --keep leaves a stopped container", .unless("keep"))
    func keep() throws {
        try Bundle.with { bundle in
            #expect(try bundle.run("--keep").exit == 0)
            #expect(bundle.status == "stopped")
            expectSuccess(try bundle.delete())
        }
    }

    @Test("the pid file holds the decimal pid alone, comes by a rename, and a failed create leaves none")
    func pidFile() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try Files.write(bundle.pidFile, "something old and long")
            let old = Files.status(bundle.pidFile)?.st_ino
            // held open, so that its inode number cannot be used again
            let held = open(bundle.pidFile, O_RDONLY | O_CLOEXEC)
            defer { close(held) }
            expectSuccess(try bundle.create())
            let pid = try bundle.stateJSON()["pid"].int ?? 0
            #expect(try Files.text(bundle.pidFile) == "\(pid)")
            #expect(Difference.applies("pid-file-in-place") || Files.status(bundle.pidFile)?.st_ino != old)
            let names = Files.names(bundle.folder).filter { $0.contains("pid") }
            #expect(names == ["pid"], "a temporary name is left")
            #expect((Files.status(bundle.pidFile)?.st_mode ?? 0) & 0o022 == 0, "others can write the pid file")
        }
        try Bundle.with({ $0.args = ["/nowhere"] }) { bundle in
            expectFailure(try bundle.create(), "no such file or directory")
            #expect(!Files.exists(bundle.pidFile))
        }
    }

    @Test(
        "run adopts the processes that init leaves behind; with --no-subreaper its own next subreaper does",
        .unless("no-subreaper"), arguments: [false, true])
    func subreaper(isOff: Bool) throws {
        try Bundle.with {
            $0.share("pid")
            $0.shell("sh -c 'sleep 1000 & echo $! > /tmp/orphan'; sleep 1000")
        } _: { bundle in
            let words =
                ["run", "--pid-file", bundle.pidFile, "--bundle", bundle.folder] + (isOff ? ["--no-subreaper"] : [])
            let running = try Program.start(
                bundle.words(words + [bundle.id], log: bundle.folder + "/log/subreaper"))
            #expect(eventually { Files.value(bundle.rootfs + "/tmp/orphan")?.isEmpty == false })
            let orphan = pid_t(Files.value(bundle.rootfs + "/tmp/orphan") ?? "") ?? 0
            #expect(
                eventually { Processes.fields(orphan)?.dropFirst().first == "\(isOff ? 1 : running.pid)" },
                "\(Processes.fields(orphan)?.prefix(2) ?? [])")
            Glibc.kill(orphan, SIGKILL)
            #expect(eventually { Processes.state(orphan) == nil || isOff && Processes.isGone(orphan) })
            expectSuccess(try bundle.kill())
            #expect(running.outcome().exit == 137)
        }
    }

    @Test("a pid file that cannot be written is a failure, and nothing is left", .unless("unwritable-files"))
    func badPidFile() throws {
        try Bundle.with { bundle in
            let outcome = try bundle.call("create", "--bundle", bundle.folder, "--pid-file", "/nowhere/pid", bundle.id)
            expectFailure(outcome, "no such file or directory")
            bundle.expectNothingLeft()
        }
    }

    @Test("the bundle is the working directory where none is named, and may be relative")
    func bundleFolder() throws {
        try Bundle.with { bundle in
            #expect(try bundle.call("run", bundle.id, surroundings: .init(folder: bundle.folder)).exit == 0)
            let above = Program.Surroundings(folder: RootTree.base)
            #expect(try bundle.call("run", "--bundle", bundle.id, bundle.id, surroundings: above).exit == 0)
            let state = try bundle.call("create", "-b", bundle.id, bundle.id, surroundings: above)
            expectSuccess(state)
            #expect(try bundle.stateJSON()["bundle"].string == bundle.folder)
        }
    }

    @Test("an empty environment and closed standard streams are enough")
    func nothingAround() throws {
        try Bundle.with { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/empty")
            let bare = try Program.run(words, .init(environment: []))
            #expect(bare.exit == 0, "\(bare.said)")
            if Difference.applies("closed-streams") { return }
            let closed = try Program.run(["/bin/sh", "-c", "exec \"$@\" <&- >&- 2>&-", "-"] + words)
            #expect(closed.exit == 0, "\(Files.value(bundle.folder + "/log/empty") ?? "")")
        }
    }

    @Test("run's own streams do not hold a container that outlives run's caller")
    func killedRun() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let running = try bundle.begin("run", "--pid-file", bundle.pidFile, "--bundle", bundle.folder, bundle.id)
            #expect(eventually { bundle.status == "running" })
            Glibc.kill(running.pid, SIGKILL)
            #expect(running.outcome().exit == 137)
            #expect(bundle.status == "running")
            expectSuccess(try bundle.delete(force: true))
        }
    }
}
