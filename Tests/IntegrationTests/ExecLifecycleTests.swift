import Glibc
import TestSupport
import Testing

/// `exec` during a container's life: waiting, signals, `--detach`, pause, cgroups, and that it leaves nothing behind.
@Suite("Exec, lifecycle", .inMachine)
struct ExecLifecycleTests {
    @Test("a program that a signal ends gives 128 + N", arguments: [("KILL", 137), ("TERM", 143)])
    func signalled(signal: String, code: Int32) throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec(["/bin/sh", "-c", "kill -\(signal) $$"])
            #expect(outcome.exit == code, "\(outcome.said)")
        }
    }

    @Test("a signal sent to exec reaches only its program")
    func forwards() throws {
        try Bundle.running { bundle in
            let running = try bundle.begin(
                "exec", bundle.id, "/bin/sh", "-c",
                "trap 'echo usr1' USR1; trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done")
            #expect(eventually { running.output == "ready\n" })
            Glibc.kill(running.pid, SIGWINCH)
            Glibc.kill(running.pid, SIGUSR1)
            #expect(eventually { running.output == "ready\nusr1\n" })
            Glibc.kill(running.pid, SIGTERM)
            #expect(running.outcome().exit == 7)
            #expect(bundle.status == "running")
        }
    }

    @Test("--detach returns when the program runs; it is a session leader, and a child of the nearest subreaper")
    func detached() throws {
        try Bundle.running { bundle in
            let pid = try bundle.sleeper()
            let text = try Files.text(bundle.folder + "/exec-pid")
            #expect(text == "\(pid)", "a line end, or a blank")
            #expect((Files.value("/proc/\(pid)/cmdline") ?? "").hasPrefix("/bin/sleep"))
            let fields = Processes.fields(pid) ?? []
            #expect(fields.dropFirst().first == "1")
            if !Difference.applies("exec-session") { #expect(fields.dropFirst(3).first == "\(pid)") }
            let helpers = Processes.all.filter { (Files.value("/proc/\($0)/cmdline") ?? "").contains("exec-pid") }
            #expect(helpers == [], "\(helpers.map(Processes.words))")
        }
    }

    @Test("--pid-file is written in the foreground, too, before the program begins")
    func pidFile() throws {
        try Bundle.running({ $0.share("pid") }) { bundle in
            let file = bundle.folder + "/exec-pid"
            let outcome = try bundle.exec(["/bin/sh", "-c", "echo $$"], ["--pid-file", file])
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.value(file) == outcome.output.trimmed)
        }
    }

    @Test("if init ends, the program of exec ends too, and exec reports it by its status")
    func containerEnds() throws {
        try Bundle.running { bundle in
            let running = try bundle.begin("exec", bundle.id, "/bin/sh", "-c", "echo ready; sleep 1000")
            #expect(eventually { running.output == "ready\n" })
            expectSuccess(try bundle.kill("KILL"))
            #expect(running.outcome().exit == 137)
        }
    }

    @Test(
        "a paused container refuses it; with --ignore-paused it runs when the container goes on",
        .unless("exec-ignore-paused")
    )
    func paused() throws {
        try Bundle.running { bundle in
            try Files.write(bundle.cgroup + "/cgroup.freeze", "1")
            let events = bundle.cgroup + "/cgroup.events"
            #expect(eventually { Files.value(events)?.contains("frozen 1") == true })
            expectFailure(
                try bundle.exec(["/bin/true"]),
                "exec failed: cannot exec in a paused container (use --ignore-paused to override)", exit: 255)
            let running = try bundle.begin("exec", "--ignore-paused", bundle.id, "/bin/echo", "ran")
            #expect(eventually { (Files.value(bundle.cgroup + "/cgroup.procs") ?? "").lines.count == 2 })
            usleep(100_000)
            #expect(running.output == "")
            try Files.write(bundle.cgroup + "/cgroup.freeze", "0")
            let outcome = running.outcome()
            #expect(outcome.exit == 0 && outcome.output == "ran\n", "\(outcome.said)")
        }
    }

    @Test(
        "until its program runs nobody can trace it, nor write to the runtime's binary (CVE-2016-9962, CVE-2019-5736)",
        .oursOnly)
    func sealed() throws {
        try Bundle.running { bundle in
            try Files.write(bundle.cgroup + "/cgroup.freeze", "1")
            let running = try bundle.begin("exec", "--ignore-paused", bundle.id, "/bin/true")
            var pids: [pid_t] { (Files.value(bundle.cgroup + "/cgroup.procs") ?? "").lines.compactMap { pid_t($0) } }
            #expect(eventually { pids.count == 2 })
            let pid = pids.first { $0 != bundle.pid } ?? 0
            var filesystem = statvfs()
            #expect(statvfs("/proc/\(pid)/exe", &filesystem) == 0 && filesystem.f_flag & UInt(ST_RDONLY) != 0)
            try Files.write(bundle.cgroup + "/cgroup.freeze", "0")
            #expect(running.outcome().exit == 0)
        }
        // The order of the calls: the process is not dumpable before it joins the first namespace.
        try Bundle.running { bundle in
            let file = bundle.folder + "/log/strace"
            let outcome = try Program.run(
                ["strace", "-f", "-qq", "-o", file, "-e", "trace=prctl,setns,execve"]
                    + bundle.words(["exec", bundle.id, "/bin/true"], log: bundle.folder + "/log/x"), limit: 300)
            #expect(outcome.exit == 0, "\(outcome.said)")
            let lines = try Files.text(file).lines
            let forbids = lines.firstIndex { $0.contains("PR_SET_DUMPABLE, SUID_DUMP_DISABLE") }
            let joins = lines.firstIndex { $0.contains("setns(") }
            #expect(forbids != nil && joins != nil && (forbids ?? 0) < (joins ?? 0), "\(lines)")
            #expect(!lines.contains { $0.contains("SUID_DUMP_USER") })
        }
    }

    @Test("a working directory behind a descriptor of the host is refused (CVE-2024-21626)", .unless("exec-cwd"))
    func workingDirectory() throws {
        let root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(root) }
        var surroundings = Program.Surroundings()
        for number in 3...9 { surroundings.descriptors[Int32(number)] = root }
        try Bundle.running { bundle in
            symlink("/proc/self/fd/7", bundle.rootfs + "/way")
            for cwd in (3...12).map({ "/proc/self/fd/\($0)" }) + ["/way", "/proc/1/cwd/.."] {
                let outcome = try bundle.exec(["/bin/ls", "-id", "."], ["--cwd", cwd], surroundings: surroundings)
                let inode = Files.status("/").map { "\($0.st_ino)" } ?? ""
                #expect(outcome.exit != 0 || outcome.output.words.first != inode, "\(cwd): \(outcome.said)")
            }
        }
    }

    // MARK: Cgroups

    /// A container that may manage its cgroup. Its shell waits for scripts in /tmp/do and runs them.
    private func withOwnCgroups(_ body: (Bundle) throws -> Void) throws {
        try Bundle.with {
            $0.unmount("/sys/fs/cgroup")
            $0.mount("/sys/fs/cgroup", ["rw"], type: "cgroup", source: "cgroup")
            $0.shell(
                """
                cd /sys/fs/cgroup; mkdir init empty; echo 1 > init/cgroup.procs; echo +pids > cgroup.subtree_control
                echo $? > /tmp/moved; exec sleep 1000
                """)
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { Files.value(bundle.rootfs + "/tmp/moved") == "0" })
            try body(bundle)
        }
    }

    @Test("init has moved into a cgroup of its own: exec goes where init is")
    func followsInit() throws {
        try withOwnCgroups { bundle in
            let pid = try bundle.sleeper()
            #expect(Files.value("/proc/\(pid)/cgroup") == "0::/\(bundle.id)/init")
        }
    }

    @Test("--cgroup: below the container's, which must be there, and nowhere else", .unless("exec-cgroup"))
    func subCgroup() throws {
        try withOwnCgroups { bundle in
            #expect(Files.value("/proc/\(try bundle.sleeper("--cgroup", "empty"))/cgroup") == "0::/\(bundle.id)/empty")
            #expect(Files.value("/proc/\(try bundle.sleeper("--cgroup=/init"))/cgroup") == "0::/\(bundle.id)/init")
            let place = "exec failed: "
            expectFailure(
                try bundle.exec(["/bin/true"], ["--cgroup", "nothing"]), "there is no cgroup /\(bundle.id)/nothing",
                exit: 255)
            for path in ["..", "../\(bundle.id)-other", "init/../../x"] {
                expectFailure(
                    try bundle.exec(["/bin/true"], ["--cgroup", path]), place + "bad sub cgroup path", exit: 255)
            }
            expectFailure(
                try bundle.exec(["/bin/true"], ["--cgroup", "pids:init"]), "unknown controller pids", exit: 255)
            expectFailure(
                try bundle.exec(["/bin/true"], ["--cgroup", "init", "--cgroup", "empty"]),
                "invalid --cgroup argument: init (missing <controller>: prefix)", exit: 255)
            // The caller asked for the container's own cgroup, and it accepts no process. exec chooses no other one.
            expectFailure(try bundle.exec(["/bin/true"], ["--cgroup", "/"]), "device or resource busy", exit: 255)
        }
    }

    @Test("exec does not take a sibling cgroup whose name begins with the container's name", .oursOnly)
    func siblingCgroup() throws {
        try Bundle.running { bundle in
            let sibling = bundle.cgroup + "-sibling"
            #expect(mkdir(sibling, 0o755) == 0)
            defer { rmdir(sibling) }
            expectFailure(
                try bundle.exec(["/bin/true"], ["--cgroup", "../\(bundle.id)-sibling"]), "bad sub cgroup path",
                exit: 255)
            #expect(Files.value(sibling + "/cgroup.procs") == "")
        }
    }

    @Test("exec works in a threaded cgroup", .oursOnly)
    func threaded() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create())
            expectSuccess(try bundle.start())
            try Files.makeFolder(bundle.cgroup + "/threads")
            try Files.write(bundle.cgroup + "/threads/cgroup.type", "threaded")
            let pid = try bundle.sleeper()
            #expect(Files.value("/proc/\(pid)/cgroup") == "0::/\(bundle.id)")
        }
    }

    @Test("--trace writes the steps of exec, those of both sides", .oursOnly)
    func trace() throws {
        try Bundle.running { bundle in
            let file = bundle.folder + "/trace"
            #expect(try bundle.call(["--trace", file, "exec", bundle.id, "/bin/true"], .init()).exit == 0)
            let steps = try Files.text(file).lines.map { try JSON($0) }
            let host = steps.filter { $0["side"] == "host" }.compactMap { $0["step"].string }
            let inside = steps.filter { $0["side"] == "inside" }.compactMap { $0["step"].string }
            #expect(host.first == "seal" && host.last == "await-program", "\(host)")
            #expect(inside.contains("join-init") && inside.last == "execute", "\(inside)")
        }
    }

    // MARK: Many

    /// How many exec calls in a row; the promise is 10,000 (`scripts/test --long`).
    static let many = Host.isLong ? 10_000 : RuntimeUnderTest.isOurs ? 100 : 20

    /// The resources of a container, as numbers.
    private func usage(_ bundle: Bundle) -> [String: Int] {
        let events = (Files.value(bundle.cgroup + "/cgroup.procs") ?? "").lines.count
        return [
            "processes": events, "threads": (Files.value(bundle.cgroup + "/pids.current")).flatMap { Int($0) } ?? 0,
            "descriptors of init": Files.names("/proc/\(bundle.pid)/fd").count,
            "mounts": (Files.value("/proc/\(bundle.pid)/mountinfo") ?? "").lines.count,
            "cgroups": Leftovers.cgroups(named: bundle.id).count,
            "files": Files.names(bundle.state + "/" + bundle.id).count,
        ]
    }

    @Test("many in a row into one container leak nothing", .timeLimit(.minutes(60)))
    func inARow() throws {
        try Bundle.running { bundle in
            #expect(try bundle.exec(["/bin/true"]).exit == 0)
            let before = usage(bundle), start = Clock.now
            for number in 1...Self.many {
                let outcome = try bundle.exec(["/bin/true"])
                #expect(outcome.exit == 0, "exec \(number): \(outcome.said)")
                guard outcome.exit == 0 else { return }
                for name in Files.names(bundle.folder + "/log") { unlink(bundle.folder + "/log/" + name) }
            }
            if Host.isLong { print("\(Self.many) exec in a row: \(Clock.now - start) s") }
            #expect(eventually { usage(bundle) == before }, "\(usage(bundle)), before \(before)")
        }
    }

    @Test("fifty at once into one container leak nothing", .timeLimit(.minutes(10)))
    func atOnce() throws {
        let count = RuntimeUnderTest.isOurs ? 50 : 10
        try Bundle.running { bundle in
            #expect(try bundle.exec(["/bin/true"]).exit == 0)
            let before = usage(bundle)
            let programs = try (1...count).map {
                try bundle.begin("exec", bundle.id, "/bin/sh", "-c", "cat /proc/self/cgroup; exit \($0)")
            }
            for (index, program) in programs.enumerated() {
                let outcome = program.outcome(within: 600)
                #expect(outcome.exit == Int32(index + 1) && outcome.output == "0::/\n", "\(outcome.said)")
            }
            #expect(eventually { usage(bundle) == before }, "\(usage(bundle)), before \(before)")
        }
    }
}
