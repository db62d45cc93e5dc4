import Glibc
import TestSupport
import Testing

/// What the suites by theme leave out of WhatConfigMeans: corner cases of args, env, capabilities, limits and groups.
@Suite("Process, corner cases", .inMachine)
struct ProcessRowTests {
    @Test("args: who has CAP_DAC_OVERRIDE may execute what has any execute bit", .unless("process-unchecked"))
    func override() throws {
        try Bundle.with({ $0.args = ["/bin/others"] }) { bundle in
            try Files.write(bundle.rootfs + "/bin/others", "#!/bin/sh\necho ran\n", mode: 0o700)
            chown(bundle.rootfs + "/bin/others", 1000, 1000)
            try bundle.expectRefusal("permission denied", at: "/process/args/0")
            try bundle.edit { config in
                for set in ["bounding", "effective", "permitted"] {
                    config["process"]["capabilities"][set] = ["CAP_DAC_OVERRIDE"]
                }
            }
            let outcome = try bundle.run()
            #expect(outcome.output == "ran\n", "\(outcome.said)")
        }
    }

    @Test("args: nothing can be executed on a noexec mount", .unless("process-unchecked"))
    func noExecute() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("permission denied", at: "/process/args/0") {
                $0.bind(bundle.rootfs + "/bin", on: "/tmp", ["bind", "noexec"])
                $0.args = ["/tmp/true"]
            }
        }
    }

    @Test("env: no value is ever printed: not by explain, in an error, or in a trace", .oursOnly)
    func secrets() throws {
        try Bundle.with {
            $0["process"]["env"].append("TOKEN=s3cr3t")
            $0.args = ["nothing"]
        } _: { bundle in
            let file = bundle.folder + "/trace"
            let outcome = try bundle.call(
                ["--debug", "--trace", file, "run", "--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit == 1)
            let explained = try bundle.call("explain", "--bundle", bundle.folder)
            for text in [outcome.said, explained.said, try Files.text(file)] {
                #expect(!text.contains("s3cr3t"), "\(text)")
            }
            bundle.expectNothingLeft()
            try bundle.expectRefusal(at: "/process/env/2") { $0["process"]["env"][2] = "s3cr3t" }
            try bundle.edit { $0["process"]["env"][2] = "s3cr3t" }
            #expect(!(try bundle.create().said.contains("s3cr3t")))
        }
    }

    @Test("capabilities: each that cannot be granted is a warning with its place, and stops nothing", .oursOnly)
    func warnings() throws {
        try Bundle.with {
            $0["process"]["capabilities"]["permitted"].append("CAP_FLY")
            $0["process"]["capabilities"]["ambient"] = ["CAP_KILL"]
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            let lines = outcome.log.lines.compactMap(LogLine.init)
            #expect(lines.map(\.level) == ["warning", "warning"])
            let places = ["/process/capabilities/permitted/3", "/process/capabilities/ambient/0"]
            for (line, place) in zip(lines, places) {
                #expect(line.message.hasSuffix("(config.json \(place))"), "\(line.message)")
            }
        }
    }

    @Test("only --debug shows the warning that an ambient capability is not granted", .oursOnly)
    func ambient() throws {
        try Bundle.with {
            $0["process"]["capabilities"]["ambient"] = ["CAP_KILL"]
        } _: { bundle in
            func said(_ options: [String]) throws -> String {
                let words = [RuntimeUnderTest.path, "--root", bundle.state] + options
                return try Program.run(words + ["run", "--bundle", bundle.folder, bundle.id]).diagnostics
            }
            let (plain, debug) = (try said([]), try said(["--debug"]))
            #expect(plain == "")
            #expect(debug.contains("CAP_KILL cannot be granted"))
        }
    }

    @Test("oomScoreAdj and rlimits: what the host may set is set in a user namespace too")
    func hostsPrivilege() throws {
        let output = try Bundle.output(of: "cat /proc/self/oom_score_adj; grep 'locked memory' /proc/self/limits") {
            $0.mapUsers()
            $0["process"]["oomScoreAdj"] = -300
            let unlimited = JSON.number("18446744073709551615")
            $0["process"]["rlimits"] = [["type": "RLIMIT_MEMLOCK", "soft": unlimited, "hard": unlimited]]
        }
        #expect(output.lines.first == "-300")
        #expect(output.lines.last?.words.suffix(3) == ["unlimited", "unlimited", "bytes"], "\(output)")
    }

    @Test(
        "rlimits: set for another user even by a runtime without CAP_SYS_RESOURCE, as in a container",
        .unless("rlimits-unprivileged"))
    func limitsWithoutPrivilege() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "10000"]
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            $0["process"]["rlimits"] = [["type": "RLIMIT_NOFILE", "soft": 99, "hard": 100]]
        } _: { bundle in
            func call(_ words: String...) throws -> Outcome {
                let lesser = ["setpriv", "--bounding-set", "-sys_resource", "--inh-caps", "-sys_resource"]
                return try Program.run(lesser + bundle.words(words, log: bundle.folder + "/log/lesser"))
            }
            let made = try call("run", "--detach", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            #expect(made.exit == 0, "\(made.said)")
            let limits = Files.value("/proc/\(bundle.pid)/limits") ?? ""
            let files = limits.lines.first { $0.hasPrefix("Max open files") }
            #expect(files?.words.dropFirst(3).prefix(2).elementsEqual(["99", "100"]) == true, "\(limits)")
            let added = try call("exec", bundle.id, "sh", "-c", "id -u; ulimit -Sn; ulimit -Hn")
            #expect(added.output.lines == ["1000", "99", "100"], "\(added.said)")
        }
    }

    @Test("oomScoreAdj: from -1000 to 1000", arguments: [-1001, 1001])
    func wrongScore(value: Int) throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/process/oomScoreAdj") { $0["process"]["oomScoreAdj"] = .int(value) }
        }
    }

    @Test("user.additionalGids: an error if the user namespace denies setgroups, no error without groups")
    func deniedGroups() throws {
        let owner = try Program.start(["unshare", "--user", "--map-root-user", "sleep", "1000"])
        defer {
            kill(owner.pid, SIGKILL)
            _ = owner.outcome()
        }
        #expect(eventually { Files.value("/proc/\(owner.pid)/setgroups") == "deny" })
        func join(_ config: inout JSON) {
            config.join("user", at: "/proc/\(owner.pid)/ns/user")
            config.unmount("/dev/pts")
            guard Difference.applies("joined-user-maps") else { return }
            let map: JSON = [["containerID": 0, "hostID": 0, "size": 1]]
            config["linux"]["uidMappings"] = map
            config["linux"]["gidMappings"] = map
        }
        #expect(eventually { Files.value("/proc/\(owner.pid)/gid_map")?.isEmpty == false })
        try Bundle.with(join) { bundle in
            try bundle.expectRefusal(
                "cannot set any additional groups in a rootless container", at: "/process/user/additionalGids",
                unless: "groups-denied"
            ) { $0["process"]["user"]["additionalGids"] = [7] }
        }
        if Difference.applies("groups-denied") { return }
        #expect(try Bundle.output(of: "id -u", join) == "0\n")
    }

    @Test("root.readonly: the root cannot be written to, what is mounted in it can")
    func readOnlyRoot() throws {
        let output = try Bundle.output(of: "touch /x 2>/dev/null || echo no; touch /dev/shm/x && echo yes") {
            $0["root"]["readonly"] = true
        }
        #expect(output.lines == ["no", "yes"])
    }
}
