import Glibc
import TestSupport
import Testing

/// What hooks get, and what their failures cause (WhatConfigMeans, "Hooks"; runtime.md, "Lifecycle").
@Suite("Rules of hooks", .inMachine)
struct HookRuleTests {
    static func shell(_ script: String, timeout: Int? = nil) -> JSON {
        var hook: JSON = ["path": "/bin/sh", "args": ["sh", "-c", .string(script)]]
        if let timeout { hook["timeout"] = .int(timeout) }
        return hook
    }

    @Test(
        "env: absent, it is the runtime's own for each kind of the host, and the container's for startContainer; empty, it is empty"
    )
    func environment() throws {
        try Bundle.with({ $0["process"]["env"] = ["PATH=/bin", "OF=container"] }) { bundle in
            let notes = bundle.folder + "/notes"
            try Files.makeFolder(notes, mode: 0o777)
            try bundle.edit { config in
                config.bind(notes, on: "/notes")
                for kind in HookTests.kinds {
                    let folder = kind == "startContainer" ? "/notes" : notes
                    var empty = Self.shell("/bin/busybox env > \(folder)/\(kind).empty")
                    empty["env"] = .array([])
                    config["hooks"][kind] = [Self.shell("/bin/busybox env > \(folder)/\(kind)"), empty]
                }
            }
            let around = Program.Surroundings(environment: [Program.path, "OF=caller"])
            let outcome = try bundle.run(surroundings: around)
            #expect(outcome.exit == 0, "\(outcome.said)")
            for kind in HookTests.kinds {
                let lines = (Files.value("\(notes)/\(kind)") ?? "").lines
                let whose = kind == "startContainer" ? "container" : "caller"
                #expect(lines.contains("OF=\(whose)") || Difference.applies("hook-environment"), "\(kind): \(lines)")
                let empty = (Files.value("\(notes)/\(kind).empty") ?? "OF=nothing was written").lines
                #expect(
                    !empty.contains { $0.hasPrefix("OF=") } || Difference.applies("hook-environment"),
                    "\(kind): \(empty)")
            }
        }
    }

    @Test("path: of startContainer in the container, of createContainer on the host")
    func paths() throws {
        try Bundle.with { bundle in
            let program = "/opt/\(bundle.id)"
            try Files.makeFolder(bundle.rootfs + "/opt")
            try Files.write(bundle.rootfs + program, "#!/bin/sh\necho inside > /ran\n", mode: 0o755)
            try Files.write(bundle.folder + "/hook", "#!/bin/sh\necho host > \(bundle.folder)/ran\n", mode: 0o755)
            try bundle.edit {
                $0["hooks"]["startContainer"] = [["path": .string(program)]]
                $0["hooks"]["createContainer"] = [["path": .string(bundle.folder + "/hook")]]
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.value(bundle.rootfs + "/ran") == "inside")
            #expect(Files.value(bundle.folder + "/ran") == "host")
        }
    }

    @Test("args: if absent, the path is the first argument; if given, they are used as they are")
    func arguments() throws {
        try Bundle.with { bundle in
            let hook = bundle.folder + "/hook"
            try Files.write(hook, "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" >> \(bundle.folder)/ran\n", mode: 0o755)
            try bundle.edit {
                $0["hooks"]["prestart"] = [
                    ["path": .string(hook)], ["path": .string(hook), "args": ["name", "a b", ""]],
                ]
            }
            #expect(try bundle.run().exit == 0)
            #expect(Files.value(bundle.folder + "/ran") == "\(hook)|\(hook)|a b||")
        }
    }

    @Test("a hook may end before it has read a long state")
    func unread() throws {
        try Bundle.with { bundle in
            try bundle.edit { config in
                config["annotations"] = ["long": .string(String(repeating: "x", count: 300_000))]
                for kind in HookTests.kinds { config["hooks"][kind] = [["path": "/bin/true"]] }
                config["hooks"]["createRuntime"].append(Self.shell("exec 0<&-"))
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test("timeout: the words, for hooks on both sides", arguments: ["prestart", "createContainer"])
    func timeout(kind: String) throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("hook ran past specified timeout of 1.0s", at: "/hooks/\(kind)/0") {
                $0["hooks"][kind] = [Self.shell("exec sleep 1000", timeout: 1)]
            }
        }
    }

    @Test("failure: the message has the exit status or the signal, and what the hook wrote", .unless("hook-words"))
    func words() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(
                "error running createRuntime hook #1: exit status 7, stdout: out, stderr: err",
                at: "/hooks/createRuntime/1"
            ) {
                $0["hooks"]["createRuntime"] = [["path": "/bin/true"], Self.shell("echo out; echo err >&2; exit 7")]
            }
            try bundle.expectRefusal("error running prestart hook #0: ", at: "/hooks/prestart/0") {
                $0["hooks"]["prestart"] = [Self.shell("kill -9 $$")]
            }
        }
    }

    @Test(
        "a failure while it is created: the rest does not run, the poststop hooks do, and nothing is left",
        .unless("create-poststop"), arguments: ["prestart", "createRuntime", "createContainer"])
    func failing(kind: String) throws {
        try Bundle.with { bundle in
            let note = { (word: String) in Self.shell("echo \(word) >> \(bundle.folder)/ran") }
            try bundle.edit { config in
                for kind in HookTests.kinds { config["hooks"][kind] = [note(kind)] }
                config["hooks"][kind] = [["path": "/bin/false"], note("after")]
            }
            let outcome = try bundle.create()
            #expect(outcome.exit == 1, "\(outcome.said)")
            let before = HookTests.kinds.prefix { $0 != kind }
            #expect((Files.value(bundle.folder + "/ran") ?? "").lines == before + ["poststop"])
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "poststart that fails: the container is killed, and run or start fails", .unless("poststart-failure"),
        arguments: [true, false])
    func poststart(isRun: Bool) throws {
        try Bundle.with({ $0.shell("echo runs; exec sleep 1000") }) { bundle in
            try bundle.edit {
                $0["hooks"]["poststart"] = [
                    ["path": "/bin/false"], Self.shell("touch \(bundle.folder)/second"),
                ]
                $0["hooks"]["poststop"] = [Self.shell("touch \(bundle.folder)/stopped")]
            }
            if isRun {
                let outcome = try bundle.run()
                expectFailure(outcome, "error running poststart hook #0: exit status 1", at: "/hooks/poststart/0")
            } else {
                expectSuccess(try bundle.create())
                expectFailure(
                    try bundle.start(), "error running poststart hook #0: exit status 1", at: "/hooks/poststart/0")
                #expect(eventually { Processes.isGone(bundle.pid) }, "the program goes on")
                _ = try bundle.delete(force: true)
            }
            #expect(!Files.exists(bundle.folder + "/second"))
            #expect(Files.exists(bundle.folder + "/stopped"))
        }
    }

    @Test("poststop that fails: a warning for each, the rest runs, all is removed", .unless("poststop-failure"))
    func poststop() throws {
        try Bundle.with { bundle in
            try bundle.edit {
                $0["hooks"]["poststop"] = [
                    Self.shell("exit 3"), Self.shell("echo one >> \(bundle.folder)/ran"), Self.shell("exit 4"),
                    Self.shell("echo two >> \(bundle.folder)/ran"),
                ]
            }
            expectSuccess(try bundle.create())
            try bundle.stop()
            let outcome = try bundle.delete()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect((Files.value(bundle.folder + "/ran") ?? "").lines == ["one", "two"])
            bundle.expectNothingLeft()
            guard RuntimeUnderTest.isOurs else { return }
            let warnings = outcome.log.lines.compactMap { LogLine($0) }
            #expect(warnings.map(\.level) == ["warning", "warning"], "\(outcome.log)")
            for (warning, words) in zip(warnings, ["hook #0: exit status 3", "hook #2: exit status 4"]) {
                #expect(warning.message.contains(words), "\(warning.message)")
            }
        }
    }

    @Test("poststop hooks run when nothing of the container is left, poststart hooks when its program runs")
    func moments() throws {
        try Bundle.with({ $0.shell("touch /running; exec sleep 1000") }) { bundle in
            let notes = bundle.folder + "/notes"
            try bundle.edit {
                $0["hooks"]["poststart"] = [
                    Self.shell(
                        "i=0; while [ $i -lt 100 ] && ! [ -e \(bundle.rootfs)/running ]; do i=$((i+1)); sleep 0.1; done; ls \(bundle.rootfs)/running > \(notes)"
                    )
                ]
                $0["hooks"]["poststop"] = [
                    Self.shell("ls -d \(bundle.cgroup) \(bundle.state)/\(bundle.id) 2>/dev/null | wc -l >> \(notes)")
                ]
            }
            if Difference.applies("poststart-too-early") { return }
            try bundle.launch()
            #expect(Files.value(notes) == bundle.rootfs + "/running")
            try bundle.stop()
            expectSuccess(try bundle.delete())
            #expect((Files.value(notes) ?? "").lines.last == "0")
        }
    }
}
