import Glibc
import TestSupport
import Testing

/// Control groups (config-linux.md, "Control groups").
@Suite("Conformance: cgroups", .inMachine, .measured)
struct CgroupConformance {
    /// The container manages this cgroup.
    private static func owning(_ config: inout JSON) {
        sleeper(&config)
        config.mapUsers()
        config.unmount("/sys/fs/cgroup")
        config.mount("/sys/fs/cgroup", ["rw", "nosuid"], type: "cgroup", source: "cgroup")
    }

    private static func sleeper(_ config: inout JSON) { config.args = ["/bin/sleep", "1000"] }

    @Test(
        "config-linux.md, Control groups: a cgroup that is not fit is an error: one with processes, a frozen one",
        arguments: ["used", "frozen"])
    func unfit(how: String) throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            try Files.makeFolder(bundle.cgroup)
            defer { rmdir(bundle.cgroup) }
            let sleeper = try Program.start(["sleep", "1000"])
            defer {
                Glibc.kill(sleeper.pid, SIGKILL)
                _ = sleeper.outcome(within: 10)
            }
            if how == "used" {
                try Files.write(bundle.cgroup + "/cgroup.procs", "\(sleeper.pid)")
            } else {
                try Files.write(bundle.cgroup + "/cgroup.freeze", "1")
            }
            // A runtime may check the cgroup. If it does not, it must not hang there either.
            let creating = try bundle.begin(
                "create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            let outcome = creating.outcome(within: 20)
            try Files.write(bundle.cgroup + "/cgroup.freeze", "0")
            bundle.expectError(outcome)
            _ = try bundle.delete(force: true)
            #expect(!Processes.isGone(sleeper.pid), "a process that was there before is gone")
            Glibc.kill(sleeper.pid, SIGKILL)
            #expect(eventually { rmdir(bundle.cgroup) == 0 || errno == ENOENT })
        }
    }

    @Test("config-linux.md, Cgroups Path: an absolute path is relative to the cgroups mount point")
    func absolute() throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(Files.value("/proc/\(bundle.pid)/cgroup") == "0::/\(bundle.id)")
        }
    }

    @Test("config-linux.md, Cgroups Path: the same value leads to the same place")
    func consistent() throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("relative-\(bundle.id)") }
            var places: [String?] = []
            for _ in 0..<2 {
                #expect(try bundle.create().exit == 0)
                places.append(Files.value("/proc/\(bundle.pid)/cgroup"))
                #expect(try bundle.delete(force: true).exit == 0)
            }
            #expect(places[0] == places[1] && places[0]?.contains(bundle.id) == true, "\(places)")
        }
    }

    @Test("config-linux.md, Cgroup ownership: files of the list that the cgroup does not have are no failure")
    func ownership() throws {
        try Bundle.with(Self.owning) { bundle throws in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.status(bundle.cgroup)?.st_uid == 100000)
        }
    }

    @Test("config-linux.md, Cgroup ownership: without the kernel's list three files are changed")
    func ownershipWithoutList() throws {
        try Bundle.with(Self.owning) { bundle throws in
            let words = bundle.words(
                ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id],
                log: bundle.folder + "/log/list")
            let hide = "mount -t tmpfs hidden /sys/kernel/cgroup; exec \"$@\""
            let outcome = try Program.run(["unshare", "--mount", "sh", "-c", hide, "sh"] + words)
            #expect(outcome.exit == 0, "\(outcome.said)")
            for file in ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] {
                #expect(Files.status(bundle.cgroup + "/" + file)?.st_uid == 100000, "\(file)")
            }
        }
    }

    @Test("config-linux.md, Allowed Device list: entries are applied in the listed order")
    func deviceOrder() throws {
        func opens(_ rules: JSON) throws -> String {
            try Bundle.output(of: "(exec 3</opt/log) 2>&1 | grep -q permitted && echo denied || echo allowed") {
                $0.allCapabilities()
                $0["linux"]["devices"] = [["path": "/opt/log", "type": "c", "major": 1, "minor": 11]]
                $0["linux"]["resources"]["devices"] = rules
            }
        }
        let allow: JSON = ["allow": true, "type": "c", "major": 1, "minor": 11, "access": "rwm"]
        let deny: JSON = ["allow": false, "type": "c", "major": 1, "minor": 11, "access": "rwm"]
        let none: JSON = ["allow": false, "access": "rwm"]
        #expect(try opens([none, allow]) == "allowed\n")
        #expect(try opens([none, allow, deny]) == "denied\n")
        #expect(try opens([allow, none]) == "denied\n")
    }

    @Test("config-linux.md, Unified: the controllers that are needed are enabled")
    func controllers() throws {
        try Bundle.with {
            Self.sleeper(&$0)
            $0["linux"]["resources"]["unified"] = ["memory.high": "100000000", "pids.max": "55"]
        } _: { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(Files.value(bundle.cgroup + "/pids.max") == "55")
            #expect(Files.value(bundle.cgroup + "/memory.high") == "99999744")
        }
    }

    @Test("config-linux.md, Unified: what the runtime does not know is written to its file")
    func unknownFile() throws {
        try Bundle.with {
            Self.sleeper(&$0)
            $0["linux"]["resources"]["unified"] = ["memory.oom.group": "1", "cgroup.max.descendants": "7"]
        } _: { bundle throws in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.value(bundle.cgroup + "/memory.oom.group") == "1")
            #expect(Files.value(bundle.cgroup + "/cgroup.max.descendants") == "7")
        }
    }

    @Test("config-linux.md, Unified: a controller that is not there is an error")
    func missingController() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["linux"]["resources"]["unified"] = ["galaxy.max": "1"] }
        }
    }

    @Test("config-linux.md, Unified: a value of cgroup v1 that cannot be converted is an error")
    func notConvertible() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["linux"]["resources"]["memory"] = ["swappiness": 10] }
            try bundle.expectNoContainer { $0["linux"]["resources"]["network"] = ["classID": 7] }
        }
    }
}
