import TestSupport
import Testing

/// Hooks (config.md, "POSIX-platform Hooks").
@Suite("Conformance: hooks", .inMachine, .measured)
struct HookConformance {
    static let kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]

    @Test("config.md, POSIX-platform Hooks: path is absolute; a relative one is an error", arguments: kinds)
    func relative(kind: String) throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["hooks"][kind] = [["path": "bin/true"]] }
        }
    }

    @Test("config.md, POSIX-platform Hooks: timeout is greater than zero; else it is an error", arguments: kinds)
    func timeout(kind: String) throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["hooks"][kind] = [["path": "/bin/true", "timeout": 0]] }
        }
    }

    /// Runs a container's whole life with two hooks of `kind`, which note what they see in a folder that has the same
    /// path on the host. Then calls `check` with that folder and the inner mount namespace.
    private func life(_ kind: String, _ check: (_ notes: String, _ inside: String?, _ bundle: Bundle) throws -> Void)
        throws
    {
        try Bundle.with {
            $0.shell("echo program >> /notes/order; sleep 1000")
        } _: { bundle throws in
            let notes = bundle.folder + "/notes"
            try Files.makeFolder(notes)
            let folder = kind == "startContainer" ? "/notes" : notes
            try bundle.edit { config in
                config.bind(notes, on: "/notes")
                config["hooks"][kind] = [Self.noting(1, in: folder), Self.noting(2, in: folder)]
            }
            #expect(try bundle.create().exit == 0)
            let inside = Files.link("/proc/\(bundle.pid)/ns/mnt")
            #expect(try bundle.start().exit == 0)
            #expect(eventually { Files.value(notes + "/order")?.contains("program") == true })
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            try check(notes, inside, bundle)
        }
    }

    private static func noting(_ number: Int, in folder: String) -> JSON {
        let script = """
            cat > \(folder)/state\(number); readlink /proc/self/ns/mnt > \(folder)/mnt; ls / > \(folder)/root; \
            echo hook\(number) >> \(folder)/order
            """
        return ["path": "/bin/sh", "args": ["sh", "-c", .string(script)]]
    }

    @Test(
        "config.md, POSIX-platform Hooks: hooks are called in the listed order, with the state on stdin",
        arguments: kinds)
    func order(kind: String) throws {
        try life(kind) { notes, _, bundle throws in
            #expect((Files.value(notes + "/order") ?? "").lines.filter { $0 != "program" } == ["hook1", "hook2"])
            for number in 1...2 {
                let state = try JSON(try Files.text("\(notes)/state\(number)"))
                #expect(state["id"].string == bundle.id)
                #expect(state["bundle"].string == bundle.folder)
                #expect(["creating", "created", "running", "stopped"].contains(state["status"].string))
            }
        }
    }

    @Test(
        "config.md, POSIX-platform Hooks: they are executed in their namespace, the runtime's or the container's",
        arguments: kinds)
    func namespace(kind: String) throws {
        try life(kind) { notes, inside, _ throws in
            let isInside = kind == "createContainer" || kind == "startContainer"
            #expect(Files.value(notes + "/mnt") == (isInside ? inside : Files.link("/proc/self/ns/mnt")))
        }
    }

    @Test(
        "config.md, POSIX-platform Hooks: path resolves in the runtime namespace, startContainer's in the container's",
        arguments: kinds)
    func path(kind: String) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle throws in
            // one program of this name outside, another inside
            let name = bundle.folder + "/hook", said = bundle.folder + "/said"
            for (place, word) in [(name, "outside"), (bundle.rootfs + name, "inside")] {
                _ = try Program.run(["mkdir", "-p", place.split(separator: "/").dropLast().map { "/" + $0 }.joined()])
                try Files.write(place, "#!/bin/sh\necho \(word) > \(said)\n", mode: 0o755)
            }
            try bundle.edit { $0["hooks"][kind] = [["path": .string(name)]] }
            try bundle.launch()
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            let found = Files.value(said) ?? Files.value(bundle.rootfs + said)
            #expect(found == (kind == "startContainer" ? "inside" : "outside"))
        }
    }

    /// The order of events in a life with all hooks; each command notes its end.
    private func wholeLife() throws -> [String] {
        var lines: [String] = []
        try Bundle.with {
            $0.shell("echo program >> /notes/order; sleep 1000")
        } _: { bundle throws in
            let notes = bundle.folder + "/notes", order = notes + "/order"
            try Files.makeFolder(notes)
            try bundle.edit { config in
                config.bind(notes, on: "/notes")
                for kind in Self.kinds {
                    let file = kind == "startContainer" ? "/notes/order" : order
                    let more =
                        kind == "createContainer"
                        ? "; test -e \(bundle.rootfs)/bin/sh && echo before-pivot >> \(file)" : ""
                    let gone = kind == "poststop" ? "; test -e \(bundle.cgroup) || echo deleted >> \(file)" : ""
                    let script = JSON.string("echo \(kind) >> \(file)\(more)\(gone)")
                    config["hooks"][kind] = [["path": "/bin/sh", "args": ["sh", "-c", script]]]
                }
            }
            func note(_ word: String) throws { _ = try Program.run(["sh", "-c", "echo \(word) >> \(order)"]) }
            #expect(try bundle.create().exit == 0)
            try note("create-returned")
            #expect(try bundle.start().exit == 0)
            try note("start-returned")
            #expect(eventually { Files.value(order)?.contains("program") == true })
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            try note("delete-returned")
            lines = (Files.value(order) ?? "").lines
        }
        return lines
    }

    /// Pairs of events that the specification requires in this order.
    static let pairs = [
        ("Prestart", "prestart", "createRuntime"), ("Prestart", "prestart", "before-pivot"),
        ("Prestart", "prestart", "create-returned"), ("CreateRuntime Hooks", "createRuntime", "before-pivot"),
        ("CreateRuntime Hooks", "createRuntime", "create-returned"),
        ("CreateContainer Hooks", "createRuntime", "createContainer"),
        ("CreateContainer Hooks", "createContainer", "create-returned"),
        ("StartContainer Hooks", "create-returned", "startContainer"),
        ("StartContainer Hooks", "startContainer", "program"), ("Poststart", "startContainer", "poststart"),
        ("Poststart", "poststart", "start-returned"), ("Poststop", "start-returned", "poststop"),
        ("Poststop", "poststop", "deleted"), ("Poststop", "poststop", "delete-returned"),
    ]

    @Test("config.md, Hooks: each kind is called in its operation, after and before what the specification says")
    func times() throws {
        let order = try wholeLife()
        for (section, first, second) in Self.pairs {
            let before = order.firstIndex(of: first), after = order.firstIndex(of: second)
            #expect(
                before != nil && after != nil && before! < after!, "\(section): \(first) before \(second): \(order)")
        }
    }

    @Test("config.md, Poststart: the hooks are called after the program has been executed")
    func poststart() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle throws in
            let said = bundle.folder + "/said"
            let script = JSON.string(
                "pid=$(sed 's/.*\"pid\": *\\([0-9]*\\).*/\\1/' | tr -dc 0-9); cat /proc/$pid/comm > \(said)")
            try bundle.edit { $0["hooks"]["poststart"] = [["path": "/bin/sh", "args": ["sh", "-c", script]]] }
            try bundle.launch()
            #expect(Files.value(said) == "sleep")
        }
    }
}
