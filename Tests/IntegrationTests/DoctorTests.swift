import Glibc
import TestSupport
import Testing

/// `apus doctor`: what it says of this host is true. Each test takes one thing away, in a namespace of its own or by a
/// seccomp filter, and looks how the line about it changes. The exit status is that of a real `run` in the same place.
@Suite("Doctor", .inMachine, .oursOnly)
struct DoctorTests {
    /// What doctor said.
    struct Report {
        var outcome: Outcome

        /// The line about a thing.
        subscript(what: String) -> String {
            for state in ["has     ", "limited ", "lacks   "] {
                let line = outcome.output.lines.first {
                    $0.hasPrefix("\(state)\(what):") || $0.hasPrefix("\(state)\(what);")
                }
                if let line { return String(line) }
            }
            return "no line about \(what): \(outcome.said)"
        }

        func expect(
            _ state: String, _ what: String, _ words: String = "", sourceLocation: SourceLocation = #_sourceLocation
        ) {
            let line = self[what]
            #expect(line.hasPrefix(state) && line.contains(words), "\(line)", sourceLocation: sourceLocation)
        }
    }

    private static let apus = RuntimeUnderTest.path

    /// Runs doctor behind other words, such as those of unshare(1).
    private func report(_ before: [String] = [], environment: [String]? = nil) throws -> Report {
        Report(outcome: try Program.run(before + [Self.apus, "doctor"], .init(environment: environment), limit: 120))
    }

    /// Runs doctor in a mount namespace of its own, after a script that changes its mounts.
    private func report(after script: String) throws -> Report {
        try report(["/usr/bin/unshare", "--mount", "/bin/sh", "-ec", "\(script); exec \"$@\"", "sh"])
    }

    private func report(refusing calls: [UInt32]) throws -> Report {
        Report(outcome: try FilteredProgram.run([Self.apus, "doctor"], refusing: calls, with: ENOSYS))
    }

    // MARK: The whole

    @Test("doctor: a line for each thing, and with --json an object for each, which say the same")
    func whole() throws {
        let lines = try report().outcome
        #expect(lines.exit == 0 && lines.diagnostics.isEmpty, "\(lines.said)")
        let json = try Program.run([Self.apus, "doctor", "--json"])
        #expect(json.exit == 0)
        let things = try JSON(json.output).items
        #expect(things.count == lines.output.lines.filter { !$0.isEmpty }.count)
        for (line, thing) in zip(lines.output.lines, things) {
            let state = (thing["state"].string ?? "").padded(to: 8)
            #expect(line.hasPrefix(state + (thing["what"].string ?? "?")), "\(line)")
            #expect(line.contains("needed for \(thing["neededFor"].string ?? "?")"), "\(line)")
            #expect((thing["remedy"].string == nil) == !line.contains("; to get it: "), "\(line)")
        }
        let report = Report(outcome: lines)
        for what in [
            "kernel", "openat2", "mount API", "clone3", "pidfd", "seccomp", "seccomp notify", "user namespaces",
            "namespaces", "network namespace", "time namespace", "overlay in a user namespace", "cgroup version",
            "cgroup controllers", "cgroup delegation", "cgroup.kill", "clone3 into a cgroup", "device filter",
            "a plain container",
        ] { report.expect("has", what) }
    }

    @Test("doctor leaves nothing: no folder, no cgroup, no process, no mount")
    func nothingLeft() throws {
        let mounts = MountTable.here.count
        _ = try report()
        let folders = ["/run", "/var/tmp", "/tmp"].map { Files.names($0) }.joined().filter {
            $0.contains("apus-doctor")
        }
        #expect(folders.isEmpty)
        #expect(eventually { Leftovers.cgroups(named: "apus-doctor").isEmpty })
        #expect(!Processes.all.contains { Processes.words($0).contains("apus-doctor") })
        // other tests mount too, in the machine's namespace
        #expect(eventually { abs(MountTable.here.count - mounts) < 5 })
    }

    // MARK: Calls

    struct Call: Sendable, CustomTestStringConvertible {
        var what: String
        var number: UInt32
        /// Whether a plain container needs it.
        var isNeeded = true

        var testDescription: String { what }

        /// Of x86_64.
        static let all = [
            Call(what: "openat2", number: 437), Call(what: "clone3", number: 435), Call(what: "mount API", number: 430),
            Call(what: "mount API", number: 429), Call(what: "mount API", number: 442),
            Call(what: "pidfd", number: 424, isNeeded: false), Call(what: "seccomp", number: 317, isNeeded: false),
            Call(what: "seccomp notify", number: 317, isNeeded: false),
            Call(what: "Landlock", number: 444, isNeeded: false),
            Call(what: "namespaces", number: 272, isNeeded: false),
            Call(what: "network namespace", number: 272, isNeeded: false),
            Call(what: "time namespace", number: 272, isNeeded: false),
            Call(what: "user namespaces", number: 272, isNeeded: false),
            Call(what: "device filter", number: 321),
        ]
    }

    @Test("doctor: a call that a filter hides is lacking, and the exit status is that of run", arguments: Call.all)
    func hiddenCall(call: Call) throws {
        let report = try report(refusing: [call.number])
        report.expect("lacks", call.what)
        try Bundle.with { bundle in
            let run = try FilteredProgram.run(
                [Self.apus, "--root", bundle.state, "run", "--bundle", bundle.folder, bundle.id],
                refusing: [call.number], with: ENOSYS)
            #expect((run.exit == 0) == (report.outcome.exit == 0), "\(run.said)\n\(report.outcome.said)")
            if call.isNeeded { #expect(run.exit == 1, "\(run.said)") }
            // what doctor would explain points to it
            if run.exit != 0 {
                #expect(run.diagnostics.contains("'apus doctor' says what this host lacks"), "\(run.said)")
            }
        }
    }

    @Test("doctor: clone3 alone is hidden, and every other probe still works")
    func probesWithoutClone3() throws {
        let report = try report(refusing: [435])
        for what in ["openat2", "mount API", "pidfd", "seccomp", "namespaces"] { report.expect("has", what) }
        report.expect("lacks", "clone3 into a cgroup", "function not implemented")
        report.expect("lacks", "a plain container", "clone3")
    }

    // MARK: Mounts

    @Test("doctor: the BPF filesystem, with it and without")
    func bpffs() throws {
        try report(after: "mount -t bpf bpf /sys/fs/bpf").expect("has", "BPF filesystem")
        let without = try report(after: "mount -t tmpfs none /sys/fs/bpf")
        without.expect("lacks", "BPF filesystem", "not mounted on /sys/fs/bpf")
        without.expect("has", "a plain container")
    }

    @Test("doctor: the security modules, as the kernel lists them, and without securityfs")
    func modules() throws {
        let list = try report(
            after:
                "mount -t tmpfs none /sys/kernel && mkdir /sys/kernel/security && echo -n a,apparmor > /sys/kernel/security/lsm"
        )
        list.expect("has", "security modules", "a apparmor")
        try report(after: "mount -t tmpfs none /sys/kernel").expect("lacks", "security modules", "cannot be read")
    }

    @Test("doctor: a read-only /sys takes the cgroups away, and run agrees")
    func readOnlySys() throws {
        let script = "mount -o remount,bind,ro /sys/fs/cgroup"
        let report = try report(after: script)
        report.expect("lacks", "cgroup delegation", "mkdirat: read-only file system")
        report.expect("has", "cgroup version")
        try Bundle.with({
            // A plain container asks for no limits.
            $0["linux"]["cgroupsPath"] = .null
            $0["linux"]["resources"] = .null
        }) { bundle in
            let run = try Program.run(
                ["/usr/bin/unshare", "--mount", "/bin/sh", "-ec", "\(script); exec \"$@\"", "sh", Self.apus]
                    + ["--root", bundle.state, "run", "--bundle", bundle.folder, bundle.id])
            #expect((run.exit == 0) == (report.outcome.exit == 0), "\(run.said)\n\(report.outcome.said)")
        }
    }

    @Test("doctor: no cgroup is mounted at all, or another filesystem in their place")
    func noCgroups() throws {
        let report = try report(after: "umount /sys/fs/cgroup")
        report.expect("lacks", "cgroup version", "none is mounted")
        report.expect("lacks", "cgroup.kill", "no cgroup v2 is mounted")
    }

    @Test("doctor: idmapped mounts are what the kernel does with this filesystem")
    func idMapped() throws {
        let report = try report()
        let version = (Files.value("/proc/sys/kernel/osrelease") ?? "").split(separator: ".").compactMap { Int($0) }
        let hasTmpfs = version[0] > 6 || (version[0] == 6 && version[1] >= 3)
        report.expect(hasTmpfs ? "has" : "lacks", "idmapped mounts of tmpfs", hasTmpfs ? "" : "invalid argument")
        report.expect("lacks", "idmapped mounts of overlay", "mount_setattr")
    }

    @Test("doctor: an ext4 that is mounted can be mapped")
    func ext4() throws {
        let report = try report(
            after:
                "mount -t tmpfs none /mnt && cd /mnt && truncate -s 16M image && mkfs.ext4 -q image && mkdir at && mount -o loop image at"
        )
        guard !report.outcome.diagnostics.contains("mkfs.ext4") else { return }
        report.expect("has", "idmapped mounts of ext4")
    }

    // MARK: Users

    @Test("doctor: user.max_user_namespaces 0 is named, with the way out")
    func noUserNamespaces() throws {
        let report = try report([
            "/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-ec",
            "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$@\"", "sh",
        ])
        report.expect("lacks", "user namespaces", "user.max_user_namespaces is 0")
        report.expect("lacks", "user namespaces", "to get it: sysctl user.max_user_namespaces=")
        report.expect("lacks", "overlay in a user namespace", "unshare: no space left on device")
    }

    @Test("doctor: newuidmap is looked for in PATH, and its set-uid bit counts")
    func tools() throws {
        try Bundle.with { bundle in
            for name in ["newuidmap", "newgidmap"] {
                try Files.write("\(bundle.folder)/\(name)", "#!/bin/sh\n", mode: 0o755)
            }
            chmod("\(bundle.folder)/newuidmap", 0o4755)
            let found = try report(environment: ["PATH=\(bundle.folder)"])
            found.expect("has", "newuidmap", "\(bundle.folder)/newuidmap, set-uid root")
            found.expect("lacks", "newgidmap", "neither the set-uid bit nor capabilities")
            try report(environment: ["PATH=/nonexistent"]).expect("lacks", "newuidmap", "not in PATH")
        }
    }

    @Test("doctor: the ranges of the user in /etc/subuid and /etc/subgid")
    func subordinate() throws {
        let report = try report(
            after: "mount -t tmpfs none /mnt && echo root:100000:65536 > /mnt/a && echo daemon:7:7 > /mnt/b"
                + " && touch /etc/subuid /etc/subgid && mount --bind /mnt/a /etc/subuid && mount --bind /mnt/b /etc/subgid"
        )
        report.expect("has", "subuid", "100000-165535 of root")
        report.expect("lacks", "subgid", "no range of root in /etc/subgid")
    }

    /// The words that run a program as an ordinary user.
    private static let asUser = ["/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]

    @Test("doctor: an ordinary user hears what is not for him, and run agrees")
    func ordinaryUser() throws {
        try Bundle.with { bundle in
            for folder in [bundle.folder, bundle.state] { chown(folder, 1000, 1000) }
            let environment = [Program.path, "XDG_RUNTIME_DIR=\(bundle.folder)"]
            let report = try report(Self.asUser, environment: environment)
            report.expect("limited", "device filter", "bpf: operation not permitted")
            report.expect("lacks", "cgroup delegation", "permission denied")
            report.expect("has", "user namespaces")
            report.expect("has", "mount API")
            report.expect("has", "subuid", "100000-165535")
            let plain = bundle.folder + "/own"
            for folder in [plain, plain + "/rootfs", plain + "/rootfs/bin"] {
                try Files.makeFolder(folder)
                chown(folder, 1000, 1000)
            }
            _ = try Program.run(Self.asUser + [Self.apus, "spec", "--rootless", "--bundle", plain])
            try Files.write("\(plain)/rootfs/bin/sh", Files.bytes(RootTree.busybox), mode: 0o755)
            var config = try JSON(try Files.text(plain + "/config.json"))
            config["process"]["terminal"] = .bool(false)
            config["process"]["args"] = ["/bin/sh", "-c", "true"]
            try Files.write(plain + "/config.json", config.text)
            let run = try Program.run(
                Self.asUser + [Self.apus, "--root", bundle.state, "run", "--bundle", plain, bundle.id],
                .init(environment: environment))
            #expect((run.exit == 0) == (report.outcome.exit == 0), "\(run.said)\n\(report.outcome.said)")
        }
    }

    // MARK: Callers, and nested

    @Test("doctor: Docker's settings are read, and whether its runc is apus")
    func docker() throws {
        try Bundle.with { bundle in
            try Files.write("\(bundle.folder)/dockerd", "#!/bin/sh\n", mode: 0o755)
            let settings =
                #"{"runtimes": {"ours": {"path": "/usr/local/bin/apus"}}, "exec-opts": ["native.cgroupdriver=cgroupfs"]}"#
            try Files.write("\(bundle.folder)/log/daemon.json", settings)
            let path = "PATH=\(bundle.folder):/usr/bin:/bin:/sbin:/usr/sbin"
            let script =
                "mount -t tmpfs none /mnt; mkdir -p /etc/docker; mount --bind /mnt /etc/docker; "
                + "cp \(bundle.folder)/log/daemon.json /etc/docker/; exec \"$@\""
            let inNamespace = ["/usr/bin/unshare", "--mount", "/bin/sh", "-ec", script, "sh"]
            try report(inNamespace, environment: [path]).expect(
                "has", "Docker", "it knows apus as ours; its cgroup driver is cgroupfs")
            try report(environment: [path]).expect("limited", "Docker", "it does not know apus")
            symlink(Self.apus, "\(bundle.folder)/runc")
            try report(environment: [path]).expect("has", "Docker", "its runc is apus")
            try report(environment: [path]).expect("lacks", "CRI-O", "crio is not in PATH")
        }
    }

    @Test("doctor: the user's bus is where its variables say, and somebody listens there")
    func userBus() throws {
        try Bundle.with { bundle in
            let bus = try ListeningSocket(at: "\(bundle.folder)/bus")
            let environment = [Program.path, "XDG_RUNTIME_DIR=\(bundle.folder)"]
            try report(environment: environment).expect("has", "user bus")
            let other = environment + ["DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent,guid=1"]
            try report(environment: other).expect("lacks", "user bus", "no such file or directory")
            _ = consume bus
            try report(environment: environment).expect("lacks", "user bus", "connection refused")
        }
    }

    @Test("doctor in a container of apus: it hears what a container may not, and run there agrees")
    func nested() throws {
        try Bundle.with({
            $0.bind(Self.apus, on: "/bin/apus", ["bind", "ro"])
            $0.shell(
                """
                mkdir -p /tmp/b/rootfs/bin; cp /bin/apus /tmp/b/rootfs/bin/sh; cd /tmp/b; apus spec
                sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"sh", "--version"/' config.json
                apus run hello > /dev/null 2>&1; echo "run: $?"; apus doctor; echo "doctor: $?"
                """)
        }) { bundle in
            let outcome = try bundle.run()
            let lines = outcome.output.lines
            let run = lines.first { $0.hasPrefix("run: ") }, doctor = lines.first { $0.hasPrefix("doctor: ") }
            #expect(run?.hasSuffix(" 1") == true && doctor?.hasSuffix(" 1") == true, "\(outcome.said)")
            let report = Report(outcome: outcome)
            report.expect("has", "openat2")
            report.expect("lacks", "cgroup delegation", "read-only file system")
            report.expect("limited", "device filter")
            report.expect("lacks", "a plain container")
        }
    }
}

extension String {
    fileprivate func padded(to count: Int) -> String {
        self + String(repeating: " ", count: max(0, count - self.count))
    }
}
