import TestSupport
import Testing

/// The steps of a container's life, and what a failing hook does to it (runtime.md, "Lifecycle").
@Suite("Conformance: lifecycle", .inMachine, .measured)
struct LifecycleConformance {
    private static func sleeper(_ config: inout JSON) { config.args = ["/bin/sleep", "1000"] }

    @Test("runtime.md, Lifecycle 2: the environment is created as config.json says")
    func environment() throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            #expect(try bundle.create().exit == 0)
            for kind in ["pid", "net", "ipc", "uts", "mnt", "cgroup"] {
                #expect(Files.link("/proc/\(bundle.pid)/ns/\(kind)") != Files.link("/proc/self/ns/\(kind)"), "\(kind)")
            }
            #expect(Files.link("/proc/\(bundle.pid)/ns/user") == Files.link("/proc/self/ns/user"))
        }
    }

    @Test("runtime.md, Lifecycle 2: an environment that cannot be created is an error")
    func impossible() throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["namespaces"][0] = ["type": "pid", "path": "/nowhere"]
            }
        }
    }

    @Test("runtime.md, Lifecycle 2: changes of config.json after create have no effect")
    func changes() throws {
        try Bundle.with({ $0.shell("echo first > /said; sleep 1000") }) { bundle throws in
            #expect(try bundle.create().exit == 0)
            try bundle.edit {
                $0.shell("echo second > /said; sleep 1000")
                $0["hooks"]["poststart"] = [["path": "/bin/false"]]
            }
            #expect(try bundle.start().exit == 0)
            #expect(eventually { Files.value(bundle.rootfs + "/said") == "first" })
        }
    }

    /// A hook that notes its kind.
    private static func note(_ kind: String, in file: String) -> JSON {
        ["path": "/bin/sh", "args": ["sh", "-c", .string("echo \(kind) >> \(file)")]]
    }

    @Test(
        "runtime.md, Lifecycle 3, 4, 5, 7, 9, 13: hooks of each kind are invoked",
        arguments: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"])
    func invoked(kind: String) throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            let notes = bundle.folder + "/notes"
            try Files.makeFolder(notes)
            try bundle.edit {
                $0.bind(notes, on: notes)
                $0["hooks"][kind] = [Self.note(kind, in: notes + "/order")]
            }
            #expect(try bundle.create().exit == 0)
            #expect(try bundle.start().exit == 0)
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            #expect(Files.value(notes + "/order") == kind)
        }
    }

    @Test(
        "runtime.md, Lifecycle 3, 4, 5: a failing hook of create is an error and stops the container",
        arguments: ["prestart", "createRuntime", "createContainer"])
    func failingCreate(kind: String) throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            try bundle.expectNoContainer { $0["hooks"][kind] = [["path": "/bin/false"]] }
        }
    }

    @Test(
        "runtime.md, Lifecycle 7, 9: a failing hook of start is an error and stops the container",
        arguments: ["startContainer", "poststart"])
    func failingStart(kind: String) throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            try bundle.edit { $0["hooks"][kind] = [["path": "/bin/false"]] }
            #expect(try bundle.create().exit == 0)
            bundle.expectError(try bundle.start())
            #expect(eventually(within: 10) { ["stopped", "none"].contains(bundle.status) })
        }
    }

    @Test("runtime.md, Lifecycle 8: the program runs as process says")
    func program() throws {
        let output = try Bundle.output(of: "id -u; umask; echo $WHO") {
            $0["process"]["user"] = ["uid": 7, "gid": 7, "umask": 63]
            $0["process"]["env"].append("WHO=me")
        }
        #expect(output == "7\n0077\nme\n")
    }

    @Test("runtime.md, Lifecycle 12: the container is destroyed by undoing what create did")
    func destroyed() throws {
        try Bundle.with { bundle throws in
            let mounts = MountTable.here.filter { $0.line.contains(bundle.id) }.count
            #expect(try bundle.run().exit == 0)
            #expect(MountTable.here.filter { $0.line.contains(bundle.id) }.count == mounts)
            #expect(!Files.exists(bundle.cgroup))
            bundle.expectNothingLeft()
        }
    }

    @Test("runtime.md, Lifecycle 13: a failing poststop hook is a warning, the others and delete go on")
    func failingPoststop() throws {
        try Bundle.with(Self.sleeper) { bundle throws in
            let order = bundle.folder + "/order"
            try bundle.edit { $0["hooks"]["poststop"] = [["path": "/bin/false"], Self.note("second", in: order)] }
            try bundle.launch()
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            let outcome = try bundle.delete()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(!(outcome.log + outcome.diagnostics).isEmpty, "no warning")
            #expect(Files.value(order) == "second")
            #expect(bundle.status == "none")
        }
    }
}
