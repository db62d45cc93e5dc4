import Glibc
import TestSupport
import Testing

/// What crun's command line has in addition to runc's (WhatCallersRun, "crun's command line"), as far as callers use
/// it.
@Suite("crun's options", .inMachine, .unless("crun-options"))
struct CrunOptionTests {
    /// Makes containers whose ids are the bundle's id plus `suffixes`, runs `body`, and deletes those that are left.
    private func containers(_ suffixes: [String], _ body: (Bundle, [String]) throws -> Void) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let ids = suffixes.map { bundle.id + $0 }
            defer { for id in ids { _ = try? bundle.call("delete", "--force", id) } }
            for id in ids {
                try bundle.edit { $0["linux"]["cgroupsPath"] = .string("/" + id) }
                expectSuccess(try bundle.call("run", "--detach", "--bundle", bundle.folder, id))
            }
            try body(bundle, ids)
        }
    }

    private func status(_ bundle: Bundle, _ id: String) throws -> String {
        let outcome = try bundle.call("state", id)
        return outcome.exit == 0 ? try JSON(outcome.output)["status"].string ?? "" : "none"
    }

    @Test("kill --regex and delete --regex mean every container that the expression fits, and no other")
    func regex() throws {
        try containers(["-a1", "-a2", "-b1"]) { bundle, ids in
            expectSuccess(try bundle.call("kill", "--regex", bundle.id + "-a[12]$", "KILL"))
            #expect(eventually { (try? ids.map { try status(bundle, $0) }) == ["stopped", "stopped", "running"] })
            expectSuccess(try bundle.call("delete", "-r", bundle.id + "-a"))
            #expect(try ids.map { try status(bundle, $0) } == ["none", "none", "running"])
            expectSuccess(try bundle.call("delete", "--force", "--regex", bundle.id))
            #expect(try status(bundle, ids[2]) == "none")
        }
    }

    @Test("an expression that matches nothing is no error; a broken one is", .oursOnly)
    func noFit() throws {
        try Bundle.with { bundle in
            expectSuccess(try bundle.call("kill", "--regex", "nobody"))
            expectSuccess(try bundle.call("delete", "--regex", "nobody"))
            expectFailure(try bundle.call("kill", "--regex", "a("), "invalid regular expression \"a(\"")
            expectFailure(try bundle.call("delete", "-r", "[z"), "invalid regular expression \"[z\"")
        }
    }

    @Test("delete --regex fails if a matching container still runs, after it has deleted the others", .oursOnly)
    func partly() throws {
        try containers(["-a", "-b"]) { bundle, ids in
            expectSuccess(try bundle.call("kill", ids[1], "KILL"))
            #expect(eventually { (try? status(bundle, ids[1])) == "stopped" })
            expectFailure(
                try bundle.call("delete", "--regex", bundle.id),
                "container \(ids[0]): cannot delete container \(ids[0]) that is not stopped: running")
            #expect(try status(bundle, ids[1]) == "none")
        }
    }

    @Test("--cgroup-manager disabled: no cgroup is made, the container stays in its caller's")
    func withoutCgroup() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0["linux"]["resources"] = .null
            $0["linux"]["cgroupsPath"] = .null
            $0.share("cgroup")
            $0.unmount("/sys/fs/cgroup")
        } _: { bundle in
            let words = [
                "--cgroup-manager", "disabled", "create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile,
            ]
            expectSuccess(try bundle.call(words + [bundle.id]))
            #expect(Leftovers.cgroups(named: bundle.id) == [])
            #expect(Files.value("/proc/\(bundle.pid)/cgroup") == Files.value("/proc/self/cgroup"))
            expectSuccess(try bundle.start())
            #expect(bundle.status == "running")
            if RuntimeUnderTest.isOurs {
                for verb in ["pause", "ps", "events"] {
                    expectFailure(try bundle.call(verb, bundle.id), "it has no cgroup")
                }
                expectFailure(try bundle.call("update", "--pids-limit", "5", bundle.id), "it has no cgroup")
            }
            expectSuccess(try bundle.kill())
            #expect(eventually { bundle.status == "stopped" })
            expectSuccess(try bundle.delete())
        }
    }

    @Test("--cgroup-manager disabled: a limit is refused, since it would limit the caller", .oursOnly)
    func limitWithoutCgroup() throws {
        try Bundle.with({ $0["linux"]["resources"]["pids"] = ["limit": 5] }) { bundle in
            let words = ["create", "--bundle", bundle.folder, bundle.id]
            expectFailure(
                try bundle.call(["--cgroup-manager", "disabled"] + words), "pids.max cannot be set: no cgroup is made",
                at: "/linux/resources/pids/limit")
            expectFailure(
                try bundle.call(["--cgroup-manager", "perhaps"] + words),
                "unknown cgroup manager specified: \"perhaps\"")
            expectSuccess(try bundle.call(["--cgroup-manager", "cgroupfs"] + words))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "5")
        }
    }

    @Test("--config reads another file than the bundle's config.json, from where the caller stands")
    func config() throws {
        try Bundle.with({ $0.shell("echo other") }) { bundle in
            #expect(rename(bundle.folder + "/config.json", bundle.folder + "/log/other.json") == 0)
            let above = Program.Surroundings(folder: bundle.folder + "/log")
            for option in ["--config", "-f"] {
                let outcome = try bundle.run(option, "other.json", surroundings: above)
                #expect(outcome.exit == 0 && outcome.output == "other\n", "\(outcome.said)")
            }
            expectSuccess(try bundle.create("--config", bundle.folder + "/log/other.json"))
            #expect(bundle.status == "created")
            #expect(try bundle.call("create", "--config", "/nowhere", "--bundle", bundle.folder, "other").exit != 0)
        }
    }

    @Test("run.oci.keep_original_groups: the caller's groups stay the container's")
    func groups() throws {
        func groups(_ edit: @escaping (inout JSON) -> Void) throws -> String {
            var said = ""
            try Bundle.with {
                $0.shell("grep Groups /proc/self/status")
                edit(&$0)
            } _: { bundle in
                let words = bundle.words(
                    ["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/groups")
                let outcome = try Program.run(
                    ["python3", "-c", "import os,sys; os.setgroups([4242]); os.execvp(sys.argv[1], sys.argv[1:])"]
                        + words)
                said = outcome.said
            }
            return said
        }
        let cleared = try groups { _ in }
        let kept = try groups { $0["annotations"] = ["run.oci.keep_original_groups": "1"] }
        #expect(!cleared.contains("4242") && kept.contains("4242"), "\(cleared)\(kept)")
    }

    @Test(
        "cgroups of systemd are refused where it does not run, with a word about what to leave out, and nothing is left",
        .oursOnly, .byFiles,
        arguments: [["--systemd-cgroup"], ["--cgroup-manager", "systemd"]])
    func systemd(options: [String]) throws {
        try Bundle.with { bundle in
            let words = [RuntimeUnderTest.path, "--root", bundle.state] + options
            let outcome = try Program.run(words + ["create", "--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit == 1)
            for part in [
                "systemd not running on this host, cannot use systemd cgroups manager", "leave --systemd-cgroup out",
            ] {
                #expect(outcome.diagnostics.contains(part), "\(outcome.said)")
            }
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "--log journald: and syslog: are refused, not taken for files", .oursOnly,
        arguments: ["journald:x", "syslog:x"])
    func services(word: String) throws {
        try Bundle.with { bundle in
            let words = [RuntimeUnderTest.path, "--root", bundle.state, "--log", word, "list"]
            let outcome = try Program.run(words, Program.Surroundings(folder: bundle.folder))
            #expect(outcome.exit == 1 && outcome.diagnostics.contains("apus does not write to"), "\(outcome.said)")
            #expect(Files.status("\(bundle.folder)/\(word)") == nil)
        }
    }

    @Test("--log file:PATH is the file PATH")
    func log() throws {
        try Bundle.with { bundle in
            let log = bundle.folder + "/log/one"
            let words = [RuntimeUnderTest.path, "--root", bundle.state, "--log", "file:" + log, "--log-format", "json"]
            let outcome = try Program.run(words + ["start", bundle.id])
            let text = try Files.text(log)
            #expect(outcome.exit != 0 && LogLine.whole(text)?.level == "error", "\(outcome.said)\(text)")
        }
    }

    @Test("annotations: the output of hooks goes to the files of run.oci.hooks.stdout and stderr")
    func hookOutput() throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let output = bundle.folder + "/hook-output", errors = bundle.folder + "/hook-errors"
            try bundle.edit { config in
                config["annotations"] = [
                    "run.oci.hooks.stdout": .string(output), "run.oci.hooks.stderr": .string(errors),
                ]
                for kind in ["createRuntime", "createContainer", "poststart", "poststop"] {
                    let args: JSON = ["sh", "-c", .string("echo \(kind); echo \(kind) failed >&2")]
                    config["hooks"][kind] = [["path": "/bin/sh", "args": args]]
                }
            }
            #expect(try bundle.run().exit == 0)
            #expect(try Files.text(output).lines == ["createRuntime", "createContainer", "poststart", "poststop"])
            #expect(try Files.text(errors).lines.count == 4)
            try bundle.edit { config in
                config["annotations"]["run.oci.hooks.stdout"] = "/nothing/file"
                // A poststop hook that fails is one more line in the log.
                config["hooks"] = ["createRuntime": config["hooks"]["createRuntime"]]
            }
            let outcome = try bundle.run()
            expectFailure(
                outcome, "open /nothing/file: no such file or directory", at: "/annotations/run.oci.hooks.stdout")
        }
    }

    @Test("annotations: an unknown system call is a failure with run.oci.seccomp_fail_unknown_syscall")
    func unknownCall() throws {
        try Bundle.with({ config in
            config.shell("true")
            config["linux"]["seccomp"] = SeccompTests.profile([
                "names": ["mkdir", "no_such_call"], "action": "SCMP_ACT_ERRNO",
            ])
        }) { bundle in
            #expect(try bundle.run().exit == 0)
            try bundle.edit { $0["annotations"]["run.oci.seccomp_fail_unknown_syscall"] = "1" }
            expectFailure(try bundle.run(), "seccomp: unknown system call no_such_call", at: "/linux/seccomp/syscalls")
        }
    }

    @Test("annotations: run.oci.seccomp.receiver gets a listener, even if the profile forwards no call")
    func receiver() throws {
        try Bundle.with({ config in
            config.args = ["/bin/sleep", "1000"]
            config["linux"]["seccomp"] = SeccompTests.profile(["names": ["mkdir"], "action": "SCMP_ACT_ERRNO"])
        }) { bundle in
            let path = bundle.folder + "/agent"
            try bundle.edit { $0["annotations"]["run.oci.seccomp.receiver"] = .string(path) }
            ListeningSocket.leave(try ListeningSocket(at: path))
            try bundle.launch()
            // The socket's queue holds the listener of the only filter.
            #expect(eventually { Processes.status(bundle.pid, "Seccomp_filters") == "1" })
            #expect(Processes.status(bundle.pid, "Seccomp") == "2")
            #expect(try bundle.delete(force: true).exit == 0)
            unlink(path)
            let outcome = try bundle.run()
            #expect(outcome.exit != 0, "\(outcome.said)")
            if RuntimeUnderTest.isOurs { #expect(outcome.said.contains("seccomp agent"), "\(outcome.said)") }
        }
    }
}
