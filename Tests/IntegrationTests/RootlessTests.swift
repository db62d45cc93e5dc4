import Glibc
import TestSupport
import Testing

/// The runtime as an ordinary user calls it, who is root nowhere.
@Suite("Without root", .inMachine)
struct RootlessTests {
    @Test("what spec --rootless writes runs as it is")
    func asWritten() throws {
        try UserBundle.with { user in
            unlink(user.bundle.folder + "/config.json")
            let spec = try user.call("spec", "--rootless", surroundings: .init(folder: user.bundle.folder))
            #expect(spec.exit == 0, "\(spec.said)")
            let terminal = try TestTerminal()
            let program = try user.begin(
                "run", "--bundle", user.bundle.folder, user.bundle.id, surroundings: terminal.surroundings)
            terminal.type("echo user $(id -u) of $(cat /proc/self/uid_map); exit 5\r")
            let said = terminal.read(until: "user 0 of 0 1000 1")
            #expect(said.contains("user 0 of 0 1000 1"), "\(said)")
            #expect(program.outcome().exit == 5)
        }
    }

    @Test("the whole life of a container, with its state below XDG_RUNTIME_DIR")
    func life() throws {
        try UserBundle.with({ $0.args = ["/bin/sleep", "1000"] }) { user in
            let id = user.bundle.id
            expectSuccess(try user.create())
            #expect(user.status == "created")
            #expect(Files.exists(user.state), "not at \(user.state)")
            expectSuccess(try user.call("start", id))
            #expect(user.status == "running")
            let list = try user.call("list", "--quiet")
            #expect(list.exit == 0 && list.output.lines == [id], "\(list.said)")
            let processes = try user.exec("id -u; tr '\\0' ' ' < /proc/1/cmdline")
            #expect(processes.output == "0\n/bin/sleep 1000 ", "\(processes.said)")
            // kernel: the program is the user's own process
            #expect(Processes.status(user.bundle.pid, "Uid") == "1000\t1000\t1000\t1000")
            expectSuccess(try user.call("kill", id, "KILL"))
            #expect(eventually { user.status == "stopped" })
            expectSuccess(try user.call("delete", id))
            #expect(!Files.exists(user.state))
        }
    }

    @Test("exec with a terminal, and into a container that is not started yet", .unless("rootless-early-exec"))
    func exec() throws {
        try UserBundle.with({ $0.args = ["/bin/sleep", "1000"] }) { user in
            expectSuccess(try user.create())
            let early = try user.exec("cat /proc/self/uid_map")
            #expect(early.output.words == ["0", "1000", "1"], "\(early.said)")
            expectSuccess(try user.call("start", user.bundle.id))
            let terminal = try TestTerminal()
            let program = try user.begin(
                "exec", "--tty", user.bundle.id, "/bin/sh", surroundings: terminal.surroundings)
            terminal.type("echo at $(tty) as $(id -u); exit 6\r")
            let said = terminal.read(until: "at /dev/pts/0 as 0")
            #expect(said.contains("at /dev/pts/0 as 0"), "\(said)")
            #expect(program.outcome().exit == 6)
        }
    }

    @Test("the devices are the host's, bound; the user cannot change them and they work")
    func devices() throws {
        try UserBundle.with({
            $0.shell(
                """
                for name in null zero full random urandom tty; do stat -c '%n %t:%T' /dev/$name; done
                echo x > /dev/null && head -c 3 /dev/zero | od -An -tx1
                chmod 600 /dev/null 2> /dev/null || echo refused; mknod /tmp/n c 1 3 2> /dev/null || echo none
                """)
        }) { user in
            let lines = try user.output().lines
            #expect(
                lines.prefix(6) == [
                    "/dev/null 1:3", "/dev/zero 1:5", "/dev/full 1:7", "/dev/random 1:8", "/dev/urandom 1:9",
                    "/dev/tty 5:0",
                ])
            #expect(lines.dropFirst(6).map(\.trimmed) == ["00 00 00", "refused", "none"])
        }
    }

    @Test(
        "the namespace of one id denies setgroups, and additionalGids are refused with a clear line",
        .unless("rootless-denied-groups"))
    func groups() throws {
        try UserBundle.with({ $0.shell("cat /proc/self/setgroups /proc/self/gid_map; id -G") }) { user in
            let words = try user.output().words
            #expect(words.prefix(4) == ["deny", "0", "1000", "1"], "\(words)")
            try user.bundle.edit { $0["process"]["user"]["additionalGids"] = [5] }
            let refused = try user.create()
            #expect(refused.exit != 0, "\(refused.said)")
            if RuntimeUnderTest.kind != .crun { #expect(refused.said.contains("additional groups"), "\(refused.said)") }
        }
    }

    @Test(
        "a network of the container's own has lo up, and its own sysfs; without it the host's /sys is bound",
        .unless("rootless-sysfs"))
    func networks() throws {
        try UserBundle.with({
            $0.unmount("/sys")
            $0.mount("/sys", ["nosuid", "noexec", "nodev", "ro"], type: "sysfs", source: "sysfs")
            $0.unmount("/sys/fs/cgroup")
            $0.shell("ls /sys/class/net; cat /sys/class/net/lo/flags; mount | grep -c ' /sys '")
        }) { user in
            let shared = try user.output().lines
            #expect(shared.contains("lo"), "\(shared)")
            try user.bundle.edit { $0["linux"]["namespaces"].append(["type": "network"]) }
            let own = try user.output().lines
            #expect(own == ["lo", "0x9", "1"], "\(own)")
        }
    }

    @Test("a score for the OOM killer above our own is set, in create and in exec; one below is a warning", .oursOnly)
    func outOfMemoryScore() throws {
        try UserBundle.with({
            $0["process"]["oomScoreAdj"] = 300
            $0.args = ["/bin/sleep", "1000"]
        }) { user in
            try user.launch()
            #expect(Files.value("/proc/\(user.bundle.pid)/oom_score_adj") == "300")
            #expect(try user.exec("cat /proc/self/oom_score_adj").output == "300\n")
        }
        try UserBundle.with({
            $0["process"]["oomScoreAdj"] = -500
            $0.shell("cat /proc/self/oom_score_adj")
        }) { user in
            let outcome = try user.run()
            #expect(outcome.exit == 0 && outcome.output == "0\n", "\(outcome.said)")
            #expect(outcome.log.contains("oomScoreAdj"), "\(outcome.said)")
        }
    }

    @Test("hooks of the host run as the user, in the host's namespaces")
    func hooks() throws {
        try UserBundle.with({ $0.shell("true") }) { user in
            let seen = user.bundle.folder + "/seen"
            try user.bundle.edit {
                $0["hooks"]["createRuntime"] = [
                    [
                        "path": "/bin/sh",
                        "args": ["sh", "-c", .string("id -u > \(seen); cat /proc/self/uid_map >> \(seen)")],
                    ]
                ]
            }
            _ = try user.output()
            #expect(try Files.text(seen).words == ["1000", "0", "0", "4294967295"])
        }
    }

    @Test("clocks of a time namespace, which init makes itself", .oursOnly)
    func clocks() throws {
        try UserBundle.with({
            $0["linux"]["namespaces"].append(["type": "time"])
            $0["linux"]["timeOffsets"]["boottime"]["secs"] = 1_000_000
            $0.shell("cut -d. -f1 /proc/uptime")
        }) { user in
            let seconds = Int(try user.output().trimmed) ?? 0
            #expect(seconds > 1_000_000, "\(seconds)")
            // the host's clocks are as they were
            let host = (Files.value("/proc/uptime") ?? "").words.first?.split(separator: ".").first.flatMap { Int($0) }
            #expect((host ?? 0) < 1_000_000)
        }
    }

    @Test(
        "a second container joins the namespaces of the first, its user namespace among them",
        .unless("joined-user-maps"), .unless("rootless-joined"))
    func joined() throws {
        try UserBundle.with({ $0.args = ["/bin/sleep", "1000"] }) { first in
            try first.launch()
            let pid = first.bundle.pid
            try UserBundle.with({
                for (kind, file) in [("user", "user"), ("ipc", "ipc"), ("uts", "uts"), ("pid", "pid")] {
                    $0.join(kind, at: "/proc/\(pid)/ns/\(file)")
                }
                $0["linux"]["uidMappings"] = .null
                $0["linux"]["gidMappings"] = .null
                $0["hostname"] = .null
                $0.shell("readlink /proc/self/ns/user; readlink /proc/self/ns/ipc; tr '\\0' ' ' < /proc/1/cmdline")
            }) { second in
                let lines = try second.output().lines
                let own = ["user", "ipc"].compactMap { Files.link("/proc/\(pid)/ns/\($0)") }
                #expect(lines == own + ["/bin/sleep 1000 "], "\(lines)")
            }
        }
    }

    @Test("without a user namespace: one clear line, and nothing is left", .unless("rootless-no-namespace"))
    func noUserNamespace() throws {
        try UserBundle.with({
            $0.share("user")
            $0["linux"]["uidMappings"] = .null
            $0["linux"]["gidMappings"] = .null
        }) { user in
            expectFailure(try user.create(), "rootless container requires user namespaces", at: "/linux/namespaces")
            #expect(!Files.exists(user.state))
        }
    }

    @Test("a container cannot overwrite the runtime's own file, even if it belongs to the user", .oursOnly)
    func sealed() throws {
        try UserBundle.with({ $0.args = ["/bin/sleep", "1000"] }) { user in
            let program = user.bundle.folder + "/program"
            try Files.write(program, try Files.bytes(RuntimeUnderTest.path), mode: 0o755)
            chown(program, UserBundle.uid, UserBundle.uid)
            let before = try Files.bytes(program)
            let create = try Program.run(
                user.asUser([program, "create", "--bundle", user.bundle.folder, user.bundle.id]))
            #expect(create.exit == 0, "\(create.said)")
            let script = """
                exec 3< /proc/1/exe; echo ready > /tmp/ready
                while ! grep -q sleep /proc/1/cmdline; do sleep 0.2; done
                echo x > /proc/self/fd/3
                """
            let attack = try user.begin("exec", user.bundle.id, "/bin/sh", "-c", script, surroundings: .init())
            #expect(eventually { Files.exists(user.bundle.rootfs + "/tmp/ready") }, "\(attack.diagnostics)")
            expectSuccess(try user.call("start", user.bundle.id))
            let outcome = attack.outcome()
            #expect(outcome.exit != 0 && outcome.said.contains("Read-only file system"), "\(outcome.said)")
            #expect(try Files.bytes(program) == before)
        }
    }

    @Test("an executable file that is not readable runs", .oursOnly)
    func unreadable() throws {
        try UserBundle.with({ $0.shell("echo inside") }) { user in
            let program = user.bundle.folder + "/unreadable"
            try Files.write(program, try Files.bytes(RuntimeUnderTest.path), mode: 0o711)
            #expect(chmod(program, 0o711) == 0)
            let outcome = try Program.run(
                user.asUser([program, "run", "--bundle", user.bundle.folder, user.bundle.id]))
            #expect(outcome.exit == 0 && outcome.output == "inside\n", "\(outcome.said)")
        }
    }
}
