import Glibc
import TestSupport
import Testing

/// `exec`: a process joins everything that its container has, and becomes the wanted program (WhatCallersExpect,
/// "Exec").
@Suite("Exec", .inMachine)
struct ExecTests {
    @Test(
        "standard input, output and error are the caller's own; the exit status is the program's",
        arguments: [0, 42, 255])
    func streams(code: Int32) throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec(
                ["/bin/sh", "-c", "cat; echo oops >&2; exit \(code)"], surroundings: .init(input: .text("hello\n")))
            #expect(outcome.exit == code)
            #expect(outcome.output == "hello\n")
            #expect(outcome.diagnostics == "oops\n")
            #expect(outcome.log.isEmpty)
            #expect(bundle.status == "running")
        }
    }

    /// The kinds of container to which a process can be added.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case plain, sharedPIDs, userNamespace, joinedNetwork, joinedPIDs, joinedUser, timeNamespace, noCgroupNamespace
        case noPivot

        var testDescription: String { rawValue }

        func edit(_ config: inout JSON, _ owner: pid_t) {
            switch self {
            case .plain, .noPivot: break
            case .sharedPIDs: config.share("pid")
            case .userNamespace: config.mapUsers()
            case .joinedNetwork: config.join("network", at: "/proc/\(owner)/ns/net")
            case .joinedPIDs:
                config.join("pid", at: "/proc/\(owner)/ns/pid_for_children")
            case .joinedUser:
                config.mapUsers()
                config["linux"]["uidMappings"] = .null
                config["linux"]["gidMappings"] = .null
                config.join("user", at: "/proc/\(owner)/ns/user")
            case .timeNamespace:
                config["linux"]["namespaces"].append(["type": "time"])
                config["linux"]["timeOffsets"]["boottime"] = ["secs": 1_000_000]
            case .noCgroupNamespace:
                config.share("cgroup")
            }
        }
    }

    /// Runs `body` with a running container of this kind.
    private func running(_ kind: Kind, _ body: (Bundle) throws -> Void) throws {
        if kind == .joinedUser {
            return try Bundle.running({ $0.mapUsers() }) { owner in try running(kind, with: owner.pid, body) }
        }
        let isOfPIDs = kind == .joinedPIDs
        let owner = try Program.start(
            ["unshare", "--kill-child"] + (isOfPIDs ? ["--pid", "--fork"] : ["--net"]) + ["sleep", "1000"])
        defer {
            Glibc.kill(-owner.pid, SIGKILL)
            _ = owner.outcome()
        }
        let file = isOfPIDs ? "pid_for_children" : "net"
        #expect(
            eventually {
                let link = Files.link("/proc/\(owner.pid)/ns/\(file)")
                return link != nil && link != Files.link("/proc/self/ns/\(file)")
            })
        try running(kind, with: owner.pid, body)
    }

    private func running(_ kind: Kind, with owner: pid_t, _ body: (Bundle) throws -> Void) throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "10000"]
            kind.edit(&$0, owner)
        } _: { bundle in
            expectSuccess(try kind == .noPivot ? bundle.create("--no-pivot") : bundle.create())
            expectSuccess(try bundle.start())
            try body(bundle)
        }
    }

    @Test("it is in each namespace of init, in init's cgroup and root", arguments: Kind.allCases)
    func joins(kind: Kind) throws {
        if kind == .timeNamespace, Difference.applies("time-namespaces") || Difference.applies("time-offsets") {
            return
        }
        if kind == .joinedUser, Difference.applies("joined-user-maps") { return }
        try running(kind) { bundle in
            let pid = try bundle.sleeper()
            let own = NamespaceTests.of("\(pid)"), inits = NamespaceTests.of("\(bundle.pid)")
            for name in inits.keys { #expect(own[name] == inits[name], "\(name)") }
            #expect(Files.value("/proc/\(pid)/cgroup") == Files.value("/proc/\(bundle.pid)/cgroup"))
            #expect(Files.link("/proc/\(pid)/root") == Files.link("/proc/\(bundle.pid)/root"))
            let ids = Processes.status(bundle.pid, "Uid")
            #expect(Processes.status(pid, "Uid") == ids)
            #expect(Processes.status(pid, "Gid") == Processes.status(bundle.pid, "Gid"))
            #expect(try bundle.output(ofExec: "ls /").contains("proc"))
        }
    }

    @Test("without a mount namespace its root is still the container's", .oursOnly)
    func withoutMounts() throws {
        try Bundle.running {
            $0.share("mount")
            $0["mounts"] = .null
            $0["linux"]["maskedPaths"] = .null
            $0["linux"]["readonlyPaths"] = .null
        } _: { bundle in
            let pid = try bundle.sleeper()
            #expect(Files.link("/proc/\(pid)/root") == bundle.rootfs)
            #expect(try bundle.output(ofExec: "ls /bin/busybox") == "/bin/busybox\n")
        }
    }

    @Test("exec works in a created container")
    func created() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create())
            #expect(try bundle.output(ofExec: "hostname") == "box\n")
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
        }
    }

    @Test("config.json counts as the bundle has it now for the process, and as it was at create for the rest")
    func currentConfig() throws {
        try Bundle.running({ $0["process"]["env"].append("WHICH=first") }) { bundle in
            try bundle.edit {
                $0["process"]["env"] = ["PATH=/bin", "WHICH=second"]
                $0["process"]["cwd"] = "/tmp"
                $0["linux"]["personality"]["domain"] = "LINUX32"
            }
            let wanted = Difference.applies("exec-stored-config") ? "first" : "second"
            #expect(try bundle.output(ofExec: "echo $WHICH; uname -m").lines == [wanted, "x86_64"])
        }
    }

    @Test("a process file says all of it")
    func processFile() throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec("id; pwd; umask; echo $A $PATH; ulimit -n; cat /proc/self/status") {
                $0["user"] = ["uid": 1000, "gid": 1001, "umask": 0o077, "additionalGids": [5, 6]]
                $0["cwd"] = "/tmp"
                $0["env"] = ["A=b", "PATH=/bin"]
                $0["rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 77, "hard": 88]]
                $0["noNewPrivileges"] = false
                $0["capabilities"] = ["bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]]
            }
            let lines = outcome.output.lines
            #expect(lines.first == "uid=1000(tester) gid=1001 groups=5,6", "\(outcome.said)")
            let differs = Difference.applies("exec-limits")
            #expect(
                Array(lines.dropFirst().prefix(4)) == [
                    "/tmp", differs ? "0022" : "0077", "b /bin", differs ? "88" : "77",
                ])
            func field(_ name: String) -> String? { lines.first { $0.hasPrefix(name + ":") }?.words.last }
            #expect(field("CapBnd") == Capability.mask(["CAP_KILL"]))
            #expect(field("CapInh") == Capability.mask([]))
            #expect(field("CapAmb") == Capability.mask([]))
            #expect(field("NoNewPrivs") == "0")
        }
    }

    @Test("what a process file leaves open is the container's", .unless("exec-inheritance"))
    func inheritance() throws {
        try Bundle.running({
            $0["process"]["rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 99, "hard": 99]]
            $0["process"]["oomScoreAdj"] = 123
            $0["process"]["user"]["umask"] = 0o027
        }) { bundle in
            let outcome = try bundle.exec(
                "ulimit -n; umask; cat /proc/self/oom_score_adj; grep CapBnd /proc/self/status"
            ) {
                for name in ["rlimits", "oomScoreAdj", "capabilities"] { $0[name] = .null }
                $0["user"] = ["uid": 0, "gid": 0]
            }
            let bounding = Capability.mask(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
            #expect(outcome.output.words == ["99", "0027", "123", "CapBnd:", bounding], "\(outcome.said)")
        }
    }

    @Test(
        "seccomp: the container's filter, as it was at create, with and without noNewPrivileges",
        arguments: [true, false])
    func seccomp(isLocked: Bool) throws {
        try Bundle.running({
            $0["process"]["noNewPrivileges"] = .bool(isLocked)
            $0["linux"]["seccomp"] = SeccompTests.profile([
                "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28,
            ])
        }) { bundle in
            try bundle.edit { $0["linux"]["seccomp"] = .null }
            let outcome = try bundle.exec(["/bin/sh", "-c", "grep ^Seccomp: /proc/self/status; mkdir /tmp/x"])
            #expect(outcome.output.words == ["Seccomp:", "2"], "\(outcome.said)")
            #expect(outcome.diagnostics.contains("No space left"), "\(outcome.said)")
        }
    }

    @Test("seccomp: the agent gets the listener of the process, with its pid", .unless("exec-agent"))
    func agent() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let path = bundle.folder + "/agent"
            try bundle.edit { $0["linux"]["seccomp"] = SeccompListenerTests.profile(["mkdir"], agent: path) }
            let agent = try SeccompAgent(at: path)
            let creation = try bundle.begin(
                "create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            _ = try agent.accept()
            #expect(creation.outcome().exit == 0)
            expectSuccess(try bundle.start())
            let program = try bundle.begin(
                "exec", "--pid-file", bundle.folder + "/exec-pid", bundle.id, "/bin/mkdir", "/tmp/x")
            let handover = try agent.accept()
            let calls = try handover.listener.serve { _ in .errno(ENFILE) }
            let outcome = program.outcome()
            #expect(calls.count == 1)
            #expect(outcome.diagnostics.contains("Too many open files in system"), "\(outcome.said)")
            #expect(handover.state["pid"].int == Files.value(bundle.folder + "/exec-pid").flatMap { Int($0) })
            #expect(handover.state["state"]["status"].string == "running")
        }
    }

    @Test(
        "execCPUAffinity: final where it is given, and else every processor of the cgroup",
        .unless("affinity-unchecked"))
    func affinity() throws {
        try Bundle.running({ $0["process"]["execCPUAffinity"] = ["initial": "0", "final": "1"] }) { bundle in
            // Without either option, the container's own affinity counts.
            let cases: [(JSON, String)] = [
                (["initial": "0", "final": "1"], "1"), (["final": "0"], "0"), (.null, "1"),
            ]
            for (affinity, list) in cases {
                let outcome = try bundle.exec("grep Cpus_allowed_list /proc/self/status") {
                    $0["execCPUAffinity"] = affinity
                }
                #expect(outcome.output.words.last == list, "\(affinity.text): \(outcome.said)")
            }
        }
        try Bundle.running { bundle in
            let outcome = try Program.run(
                ["taskset", "-c", "1"]
                    + bundle.words(
                        ["exec", bundle.id, "/bin/grep", "Cpus_allowed_list", "/proc/self/status"],
                        log: bundle.folder + "/log/x"))
            #expect(outcome.output.words.last == Processes.status(bundle.pid, "Cpus_allowed_list"), "\(outcome.said)")
        }
    }

    @Test("scheduler and I/O priority are those of the process", .unless("scheduling"))
    func scheduling() throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec("cut -d' ' -f19,41 /proc/$$/stat") {
                $0["scheduler"] = ["policy": "SCHED_BATCH", "nice": 7]
                $0["ioPriority"] = ["class": "IOPRIO_CLASS_IDLE", "priority": 7]
            }
            #expect(outcome.output == "7 3\n", "\(outcome.said)")
        }
    }

    @Test("HOME comes from the container's /etc/passwd")
    func home() throws {
        try Bundle.running { bundle in
            let homes = [
                try bundle.output(ofExec: "echo $HOME", "--user", "1000"), try bundle.output(ofExec: "echo $HOME"),
            ]
            #expect(homes == ["/home/tester\n", "/root\n"])
        }
    }

    @Test("it has no descriptors but its streams", .unless("exec-descriptors"))
    func descriptors() throws {
        let root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(root) }
        var surroundings = Program.Surroundings()
        for number in 3...9 { surroundings.descriptors[Int32(number)] = root }
        try Bundle.running { bundle in
            let outcome = try bundle.exec(["/bin/ls", "/proc/self/fd"], surroundings: surroundings)
            // ls has one for the folder
            #expect(outcome.output.words == ["0", "1", "2", "3"], "\(outcome.said)")
        }
    }

    @Test("a session keyring that is init's, and with --no-new-keyring at create its caller's", .unless("exec-keyring"))
    func keyring() throws {
        // Keyrings of root. Another user sees only the keyring that it possesses.
        let script = "awk '$8 == \"keyring\" && $9 ~ /^_ses/ { print $1 }' /proc/keys"
        for option in [[], ["--no-new-keyring"]] {
            try Bundle.with {
                $0["linux"]["maskedPaths"] = .null
                $0["process"]["user"] = ["uid": 1000, "gid": 1000]
                $0.shell("\(script) > /tmp/keys; echo done >> /tmp/keys; sleep 1000")
            } _: { bundle in
                chmod(bundle.rootfs + "/tmp", 0o777)
                expectSuccess(
                    try bundle.call(
                        ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile] + option + [bundle.id]))
                expectSuccess(try bundle.start())
                #expect(eventually { Files.value(bundle.rootfs + "/tmp/keys")?.hasSuffix("done") == true })
                let inits = (try Files.text(bundle.rootfs + "/tmp/keys")).words.filter { $0 != "done" }
                #expect(inits.count == 1 || !option.isEmpty)
                #expect(try bundle.output(ofExec: script).words == inits)
            }
        }
    }
}
