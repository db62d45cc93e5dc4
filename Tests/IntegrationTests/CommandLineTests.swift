import TestSupport
import Testing

/// The command line is read as Go's `flag` reads it, because callers rely on that (WhatCallersExpect, "Options").
@Suite("Command line", .inMachine, .unless("command-line"))
struct CommandLineTests {
    @Test(
        "options are taken with one dash or two, with = or a word after",
        arguments: [
            ["--bundle", "B"], ["--bundle=B"], ["-bundle", "B"], ["-bundle=B"], ["-b", "B"], ["-b=B"], ["--b=B"],
            ["--b", "B"],
        ])
    func spellings(option: [String]) throws {
        try Bundle.with { bundle in
            let words = option.map { $0.replacing("B", with: bundle.folder) }
            expectSuccess(try bundle.call(["run"] + words + [bundle.id]))
        }
    }

    @Test(
        "a boolean option may have a value",
        arguments: [
            ("--detach", true), ("-d", true), ("-detach=true", true), ("--detach=1", true), ("--detach=T", true),
            ("--detach=false", false), ("-d=0", false), ("-d=F", false),
        ])
    func booleans(option: String, isDetached: Bool) throws {
        try Bundle.with({ $0.shell("exit 9") }) { bundle in
            let outcome = try bundle.run(option)
            #expect(outcome.exit == (isDetached ? 0 : 9), "\(outcome.said)")
            _ = eventually { bundle.status == (isDetached ? "stopped" : "none") }
        }
    }

    @Test(
        "an unknown option is refused",
        arguments: [
            (["--frob", "list"], "flag provided but not defined: -frob"),
            (["list", "--frob"], "flag provided but not defined: -frob"),
            (["list", "-frob=1"], "flag provided but not defined: -frob"),
            (["run", "--detach=maybe", "x"], "detach"),
            (["run", "--bundle"], "flag needs an argument"),
            (["list", "--format", "yaml"], "invalid format option"),
            (["--log-format", "xml", "list"], "invalid log-format: xml"),
        ])
    func unknown(words: [String], message: String) throws {
        try Bundle.with { bundle in
            let outcome = try Program.run([RuntimeUnderTest.path] + words)
            #expect(outcome.exit == 1, "\(outcome.said)")
            #expect(outcome.diagnostics.contains(message), "\(outcome.said)")
        }
    }

    @Test(
        "a global option's wrong value is refused", .unless("global-values"),
        arguments: [
            (["--root", "/", "list"], "should not be set to /"), (["--rootless", "perhaps", "list"], "rootless"),
            (["--root", "/nowhere/at/all", "list"], "no such file or directory"),
        ])
    func globals(words: [String], message: String) throws {
        let outcome = try Program.run([RuntimeUnderTest.path] + words)
        #expect(outcome.exit == 1)
        #expect(outcome.diagnostics.contains(message), "\(outcome.said)")
    }

    @Test("an unknown command is refused by its name")
    func unknownCommand() throws {
        let outcome = try Program.run([RuntimeUnderTest.path, "frob"])
        #expect(outcome.exit != 0)
        #expect(outcome.diagnostics.contains("frob"), "\(outcome.said)")
    }

    @Test(
        "a wrong number of words is refused, with the command's help",
        arguments: [
            (["list", "extra"], "\"list\" requires exactly 0 argument(s)"),
            (["state"], "\"state\" requires exactly 1 argument(s)"),
            (["state", "a", "b"], "\"state\" requires exactly 1 argument(s)"),
            (["kill"], "\"kill\" requires a minimum of 1 argument(s)"),
            (["kill", "a", "9", "c"], "\"kill\" requires a maximum of 2 argument(s)"),
            (["create"], "\"create\" requires exactly 1 argument(s)"),
            (["run"], "\"run\" requires exactly 1 argument(s)"),
            (["start"], "\"start\" requires exactly 1 argument(s)"),
            (["delete"], "\"delete\" requires exactly 1 argument(s)"),
        ])
    func counts(words: [String], message: String) throws {
        let outcome = try Program.run([RuntimeUnderTest.path] + words)
        #expect(outcome.exit == 1)
        #expect(outcome.output.hasPrefix("Incorrect Usage."), "\(outcome.said)")
        let plain = outcome.diagnostics.replacing("\\\"", with: "\"")
        #expect(plain.contains(message), "\(outcome.said)")
    }

    @Test("-- ends the options")
    func doubleDash() throws {
        try Bundle.with { bundle in
            expectSuccess(try bundle.call("run", "--bundle", bundle.folder, "--", bundle.id))
        }
    }

    @Test(
        "help is printed on standard output",
        arguments: [["--help"], ["-h"], ["help"], ["create", "--help"], ["run", "-h"]])
    func help(words: [String]) throws {
        let outcome = try Program.run([RuntimeUnderTest.path] + words)
        #expect(outcome.exit == 0)
        #expect(outcome.output.contains("USAGE"), "\(outcome.said)")
        #expect(outcome.diagnostics.isEmpty)
    }

    @Test("version is the block that callers parse", arguments: ["--version", "-v", "-version"])
    func version(option: String) throws {
        let lines = try Program.run([RuntimeUnderTest.path, option]).output.lines
        #expect(lines.first?.words.prefix(2) == [RuntimeUnderTest.kind.rawValue, "version"])
        #expect(lines.first?.words.count == 3)
        #expect(lines.contains { $0.hasPrefix("commit: ") })
        #expect(lines.contains { $0.hasPrefix("spec: 1.") })
        #expect(lines.contains { $0.hasPrefix("libseccomp: 2.") })
    }

    @Test("list: a table, JSON or ids")
    func list() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let header = "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n"
            #expect(try bundle.call("list").output == header)
            #expect(try bundle.call("list", "-q").output == "")
            // runc prints null, which callers that expect an array cannot read (WhatCallersExpect, "List")
            let empty = try bundle.call("list", "-f", "json").output.trimmed
            #expect(empty == (RuntimeUnderTest.isOurs ? "[]" : "null"))
            try bundle.launch()
            let rows = try bundle.call("list").output.lines
            #expect(rows.count == 2)
            let cells = rows.last?.words ?? []
            let state = try bundle.stateJSON()
            #expect(
                cells == [bundle.id, "\(bundle.pid)", "running", bundle.folder, state["created"].string ?? "", "root"],
                "\(rows)")
            #expect(try bundle.call("list", "--quiet").output == bundle.id + "\n")
            let items = try JSON(try bundle.call("list", "--format=json").output).items
            #expect(items.count == 1)
            for key in state.keys where key != "owner" { #expect(items.first?[key] == state[key], "\(key)") }
            #expect(items.first?["owner"] == "root")
        }
    }

    @Test("state: its members in order, indented by two spaces, no newline at the end")
    func state() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0["annotations"] = ["org.example.key": "value"]
        } _: { bundle in
            try bundle.launch()
            let text = try bundle.call("state", bundle.id).output
            let state = try JSON(text)
            let keys = ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "annotations", "owner"]
            #expect(state.keys == keys)
            #expect(text.hasPrefix("{\n  \"ociVersion\": \""))
            #expect(text.hasSuffix("\n}"))
            #expect(state["id"].string == bundle.id)
            #expect(state["pid"].int == Int(bundle.pid))
            #expect(state["status"] == "running")
            #expect(state["bundle"].string == bundle.folder)
            #expect(state["rootfs"].string == bundle.rootfs)
            #expect(state["annotations"] == ["org.example.key": "value"])
            #expect(state["owner"] == "")
            #expect(state["created"].string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/) != nil)
            try bundle.stop()
            #expect(try bundle.stateJSON()["pid"] == 0)
        }
    }

    @Test("spec writes a config that runs, and does not overwrite one")
    func spec() throws {
        try Bundle.with { bundle in
            let fresh = bundle.folder + "/fresh"
            try Files.makeFolder(fresh)
            expectSuccess(try bundle.call("spec", "--bundle", fresh))
            var config = try JSON(try Files.text(fresh + "/config.json"))
            #expect(try Files.text(fresh + "/config.json").hasPrefix("{\n\t\"ociVersion\": \"1."))
            expectFailure(try bundle.call("spec", "--bundle", fresh), "File config.json exists. Remove it first")
            #expect(config.args == ["sh"])
            #expect(config["process"]["terminal"] == true)
            #expect(config["process"]["noNewPrivileges"] == true)
            #expect(config["process"]["rlimits"] == [["type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024]])
            #expect(config["root"] == ["path": "rootfs", "readonly": true])
            #expect(config["mounts"].items.count == 7)
            #expect(config["linux"]["maskedPaths"].items.count == 10)
            #expect(config["linux"]["readonlyPaths"].items.count == 5)
            let kinds = config["linux"]["namespaces"].items.compactMap { $0["type"].string }.sorted()
            #expect(kinds == ["cgroup", "ipc", "mount", "network", "pid", "uts"])
            config["process"]["terminal"] = false
            config["process"]["args"] = ["sh", "-c", "exit 5"]
            try bundle.write(config)
            #expect(try bundle.run().exit == 5)
        }
    }

    @Test("features: what containerd, moby and cri-o look for")
    func features() throws {
        let features = try JSON(try Program.run([RuntimeUnderTest.path, "features"]).output)
        #expect(features["ociVersionMin"].string == "1.0.0")
        #expect(features["ociVersionMax"].string?.hasPrefix("1.") == true)
        #expect(
            features["hooks"].strings == [
                "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
            ])
        let options = features["mountOptions"].strings
        #expect(options == options.sorted())
        for option in ["bind", "rbind", "ro", "rro", "nosuid", "rslave", "rnosuid"] {
            #expect(options.contains(option))
        }
        let linux = features["linux"]
        #expect(
            Set(linux["namespaces"].strings).isSuperset(of: ["cgroup", "ipc", "mount", "network", "pid", "user", "uts"])
        )
        #expect(Set(linux["capabilities"].strings).isSuperset(of: Capability.names))
        #expect(linux["cgroup"]["v2"] == true)
        #expect(linux["seccomp"]["enabled"] == true)
        #expect(linux["seccomp"]["archs"].strings.contains("SCMP_ARCH_X86_64"))
        #expect(linux["seccomp"]["actions"].strings.contains("SCMP_ACT_ERRNO"))
        #expect(linux["seccomp"]["operators"].strings.contains("SCMP_CMP_MASKED_EQ"))
    }
}
