import Glibc
import TestSupport
import Testing

/// The six kinds of hooks (WhatConfigMeans, "Hooks").
@Suite("Hooks", .inMachine)
struct HookTests {
    static let kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]

    /// A hook that notes where it runs, its environment and its state in files of `folder`.
    static func note(_ kind: String, _ number: Int, in folder: String) -> JSON {
        let script = """
            cat > \(folder)/\(kind)\(number).state; env > \(folder)/\(kind)\(number).env; echo \(kind)\(number) >> \(folder)/order; \
            readlink /proc/self/ns/mnt > \(folder)/\(kind)\(number).mnt; pwd > \(folder)/\(kind)\(number).cwd; \
            ls /proc/self/fd > \(folder)/\(kind)\(number).fds; grep Sig /proc/self/status > \(folder)/\(kind)\(number).signals; \
            cat /proc/self/cgroup > \(folder)/\(kind)\(number).cgroup
            """
        let env: JSON = ["PATH=/usr/bin:/bin", .string("HOOK=\(kind)")]
        return ["path": "/bin/sh", "args": ["sh", "-c", .string(script)], "env": env]
    }

    @Test("all six run in their order, in their namespaces, with the state on standard input")
    func order() throws {
        try Bundle.with {
            $0.shell("echo program >> /notes/order; sleep 1000")
        } _: { bundle in
            // the same path inside and outside, so that one hook works on both sides
            let notes = bundle.folder + "/notes"
            try Files.makeFolder(notes)
            try bundle.edit { config in
                for kind in Self.kinds {
                    let folder = kind == "startContainer" ? "/notes" : notes
                    config["hooks"][kind] = [Self.note(kind, 1, in: folder), Self.note(kind, 2, in: folder)]
                }
                config.bind(notes, on: "/notes")
                config["annotations"] = ["org.example": "noted"]
            }
            expectSuccess(try bundle.create())
            func ran() -> [String] { (Files.value(notes + "/order") ?? "").lines }
            let created = ["prestart", "createRuntime", "createContainer"].flatMap { [$0 + "1", $0 + "2"] }
            #expect(ran() == created || Difference.applies("poststart-too-early"))
            let pid = bundle.pid
            expectSuccess(try bundle.start())
            #expect(eventually { ran().count == 11 })
            let all = created + ["startContainer1", "startContainer2", "poststart1", "poststart2"]
            if Difference.applies("poststart-too-early") {
                #expect(ran().filter { $0 != "program" }.sorted() == all.sorted())
            } else {
                #expect(ran().filter { $0 != "program" } == all)
                #expect(ran().firstIndex(of: "program").map { $0 > 7 } == true, "\(ran())")
            }
            let inside = Files.link("/proc/\(pid)/ns/mnt"), host = Files.link("/proc/self/ns/mnt")
            try bundle.stop()
            expectSuccess(try bundle.delete())
            #expect(ran().suffix(2) == ["poststop1", "poststop2"])

            for kind in Self.kinds {
                try Self.expectNotes(of: kind, in: notes, bundle, pid, inside: inside, host: host)
            }
        }
    }

    /// What the first hook of a kind noted: its state and its directory.
    private static func expectNotes(
        of kind: String, in notes: String, _ bundle: Bundle, _ pid: pid_t, inside: String?, host: String?
    ) throws {
        let statuses = [
            "prestart": "creating", "createRuntime": "creating", "createContainer": "creating",
            "startContainer": "created",
            "poststart": Difference.applies("poststart-too-early") ? "created" : "running", "poststop": "stopped",
        ]
        let state = try JSON(try Files.text("\(notes)/\(kind)1.state"))
        #expect(state["id"].string == bundle.id, "\(kind)")
        #expect(state["bundle"].string == bundle.folder || Difference.applies("hook-status"), "\(kind)")
        #expect(state["ociVersion"].string?.hasPrefix("1.") == true, "\(kind)")
        #expect(state["annotations"]["org.example"] == "noted", "\(kind)")
        #expect(
            state["status"].string == statuses[kind] || Difference.applies("hook-status"),
            "\(kind): \(state.text)")
        let pids: [Int?]
        switch kind {
        case "createContainer", "startContainer": pids = [1, Int(pid)]
        case "poststop": pids = [nil, 0]
        default: pids = [Int(pid)]
        }
        #expect(pids.contains(state["pid"].int) || Difference.applies("hook-status"), "\(kind): \(state.text)")
        let namespace = Files.value("\(notes)/\(kind)1.mnt")
        #expect(namespace == (kind.hasSuffix("Container") ? inside : host), "\(kind)")
        let environment = (Files.value("\(notes)/\(kind)1.env") ?? "").lines.filter {
            !$0.hasPrefix("PWD=") && !$0.hasPrefix("_=") && !$0.hasPrefix("SHLVL=") && !$0.hasPrefix("OLDPWD=")
        }
        #expect(environment.sorted() == ["HOOK=\(kind)", "PATH=/usr/bin:/bin"], "\(kind)")
        let descriptors = (Files.value("\(notes)/\(kind)1.fds") ?? "").lines
        #expect(descriptors == ["0", "1", "2", "3"] || Difference.applies("hook-descriptors"), "\(kind)")
        let places = [
            "prestart": bundle.folder, "createRuntime": bundle.folder, "createContainer": bundle.rootfs,
            "startContainer": "/",
        ]
        if let place = places[kind], !Difference.applies("hook-directory") {
            #expect(Files.value("\(notes)/\(kind)1.cwd") == place, "\(kind)")
        }
        let signals = (Files.value("\(notes)/\(kind)1.signals") ?? "").lines
        #expect(signals.contains("SigBlk:\t0000000000000000"), "\(kind): \(signals)")
    }

    @Test("createRuntime comes when the namespaces, the cgroup and its limits are there, before the root changes")
    func createRuntime() throws {
        try Bundle.with {
            $0["linux"]["resources"]["pids"] = ["limit": 77]
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            let notes = bundle.folder + "/notes"
            let script = """
                pid=$(sed 's/.*"pid": *\\([0-9]*\\).*/\\1/' | head -n 1); readlink /proc/$pid/ns/net > \(notes); \
                cat /sys/fs/cgroup$(cut -d: -f3 /proc/$pid/cgroup)/pids.max >> \(notes); readlink /proc/$pid/root >> \(notes)
                """
            try bundle.edit {
                $0["hooks"]["createRuntime"] = [
                    [
                        "path": "/bin/sh",
                        "args": [
                            "sh", "-c",
                            .string("tr -d '\\n' | " + script.replacing("pid=$(sed", with: "{ pid=$(sed") + "; }"),
                        ],
                    ]
                ]
            }
            expectSuccess(try bundle.create())
            let lines = (Files.value(notes) ?? "").lines
            #expect(lines.first == Files.link("/proc/\(bundle.pid)/ns/net"))
            #expect(lines.dropFirst().first == "77")
            #expect(lines.last == "/")
        }
    }

    @Test("createContainer runs in the container's mount namespace before the root changes: it can still add to it")
    func createContainer() throws {
        try Bundle.with({ $0.shell("cat /added/name") }) { bundle in
            let source = bundle.folder + "/source"
            for folder in [source, bundle.rootfs + "/added"] { try Files.makeFolder(folder) }
            try Files.write(source + "/name", "by a hook\n")
            try bundle.edit {
                $0["hooks"]["createContainer"] = [
                    [
                        "path": "/bin/mount",
                        "args": ["mount", "--bind", .string(source), .string(bundle.rootfs + "/added")],
                    ]
                ]
            }
            let outcome = try bundle.run()
            #expect(outcome.output == "by a hook\n", "\(outcome.said)")
            #expect(Files.names(bundle.rootfs + "/added") == [])
        }
    }

    @Test(
        "a hook without env has the runtime's environment; startContainer has the container's")
    func environment() throws {
        try Bundle.with({ $0["process"]["env"] = ["PATH=/bin", "OF=container"] }) { bundle in
            let notes = bundle.folder + "/notes"
            try Files.makeFolder(notes)
            try bundle.edit {
                $0["hooks"]["createRuntime"] = [
                    ["path": "/bin/sh", "args": ["sh", "-c", .string("env > \(notes)/host")]]
                ]
                $0["hooks"]["startContainer"] = [["path": "/bin/sh", "args": ["sh", "-c", "env > /notes/inside"]]]
                $0.bind(notes, on: "/notes")
            }
            let around = Program.Surroundings(environment: [Program.path, "OF=caller"])
            #expect(try bundle.run(surroundings: around).exit == 0)
            #expect(Files.value(notes + "/host")?.lines.contains("OF=caller") == true)
            #expect(Files.value(notes + "/inside")?.lines.contains("OF=container") == true)
        }
    }

    @Test("a hook need not read its input, and gets no more than its arguments")
    func unread() throws {
        try Bundle.with { bundle in
            try bundle.edit {
                $0["hooks"]["prestart"] = [["path": "/bin/true"]]
                $0["hooks"]["poststop"] = [["path": "/bin/true", "args": ["true"], "env": []]]
                $0["annotations"] = ["long": .string(String(repeating: "x", count: 200_000))]
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test(
        "a failing hook of create makes create fail, with the hook's output, and leaves nothing",
        arguments: ["prestart", "createRuntime", "createContainer"])
    func failing(kind: String) throws {
        try Bundle.with { bundle in
            let fail: JSON = ["path": "/bin/sh", "args": ["sh", "-c", "echo to-out; echo to-err >&2; exit 3"]]
            let after: JSON = ["path": "/bin/touch", "args": ["touch", .string(bundle.folder + "/after")]]
            let stop: JSON = ["path": "/bin/touch", "args": ["touch", .string(bundle.folder + "/stopped")]]
            try bundle.expectRefusal("to-err", at: "/hooks/\(kind)/0") {
                $0["hooks"][kind] = [fail, after]
                $0["hooks"]["poststop"] = [stop]
            }
            #expect(!Files.exists(bundle.folder + "/after"), "the hook after a failed one ran")
        }
    }

    @Test("a failing startContainer hook makes start fail, and the program never runs")
    func failingStart() throws {
        try Bundle.with({ $0.shell("echo ran > /tmp/ran") }) { bundle in
            try bundle.edit { $0["hooks"]["startContainer"] = [["path": "/bin/false"]] }
            expectSuccess(try bundle.create())
            let outcome = try bundle.start()
            #expect(outcome.exit != 0 || Difference.applies("start-hook-unseen"), "\(outcome.said)")
            #expect(eventually { bundle.status == "stopped" })
            #expect(!Files.exists(bundle.rootfs + "/tmp/ran"))
            expectSuccess(try bundle.delete())
        }
    }

    @Test("a failing poststart hook ends the container", .unless("poststart-failure"))
    func failingPoststart() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.edit { $0["hooks"]["poststart"] = [["path": "/bin/false"]] }
            expectSuccess(try bundle.create())
            expectFailure(try bundle.start(), "", at: "/hooks/poststart/0")
            #expect(eventually { ["stopped", "none"].contains(bundle.status) })
        }
    }

    @Test("a failing poststop hook does not fail delete, and the hooks after it run", .unless("poststop-failure"))
    func failingPoststop() throws {
        try Bundle.with { bundle in
            let last = bundle.folder + "/last"
            try bundle.edit {
                $0["hooks"]["poststop"] = [
                    ["path": "/bin/false"], ["path": "/bin/touch", "args": ["touch", .string(last)]],
                ]
            }
            expectSuccess(try bundle.create())
            try bundle.stop()
            #expect(try bundle.delete().exit == 0)
            #expect(Files.exists(last))
            bundle.expectNothingLeft()
        }
    }

    @Test("a hook that takes too long is killed, and leaves nothing")
    func timeout() throws {
        try Bundle.with { bundle in
            let sleep: JSON = [
                "path": "/bin/sleep", "args": ["sleep", .string("1000"), .string("0.\(bundle.id.filter(\.isNumber))")],
                "timeout": 1,
            ]
            let start = Clock.now
            try bundle.expectRefusal("hook ran past specified timeout of 1", at: "/hooks/createRuntime/0") {
                $0["hooks"]["createRuntime"] = [sleep]
            }
            #expect(Clock.now - start >= 1)
            let long = "0.\(bundle.id.filter(\.isNumber))"
            #expect(
                eventually { !Processes.all.contains { Processes.words($0).contains(long) && !Processes.isGone($0) } })
        }
    }

    @Test("a hook that ends before its timeout succeeds")
    func inTime() throws {
        try Bundle.with { bundle in
            try bundle.edit { $0["hooks"]["createRuntime"] = [["path": "/bin/true", "timeout": 60]] }
            expectSuccess(try bundle.create())
        }
    }

    @Test("impossible hooks are refused with their place")
    func wrong() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("no such file or directory", at: "/hooks/createRuntime/0") {
                $0["hooks"]["createRuntime"] = [["path": "/nowhere/hook"]]
            }
            try bundle.expectRefusal(at: "/hooks/createRuntime/0/path", unless: "hook-unchecked") {
                $0["hooks"]["createRuntime"] = [["path": "true"]]
            }
            try bundle.expectRefusal(at: "/hooks/createRuntime/0/timeout", unless: "hook-unchecked") {
                $0["hooks"]["createRuntime"] = [["path": "/bin/true", "timeout": 0]]
            }
        }
    }
}
