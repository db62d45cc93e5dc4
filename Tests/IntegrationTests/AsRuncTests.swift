import Glibc
import TestSupport
import Testing

/// apus under the name `runc`, and the containers that Debian's runc made before apus took its place.
@Suite("Under the name runc", .inMachine, .oursOnly)
struct AsRuncTests {
    /// Debian's runc.
    private static let theirs = Program.find("runc") ?? "/usr/sbin/runc"

    /// A container that Debian's runc has made, in the state root that it shares with us.
    private func withTheirs(
        start: Bool = true, _ edit: (inout JSON) throws -> Void = { $0.args = ["sleep", "1000"] },
        _ body: (Bundle) throws -> Void
    ) throws {
        try Bundle.with(edit) { bundle in
            let before = [Self.theirs, "--root", bundle.state]
            let make = ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id]
            expectSuccess(try Program.run(before + make))
            if start { expectSuccess(try Program.run(before + ["start", bundle.id])) }
            try body(bundle)
        }
    }

    @Test("as runc: --version, and the state without --root is below /run/runc")
    func name() throws {
        try Bundle.with({ $0.args = ["sleep", "1000"] }) { bundle in
            let runc = bundle.folder + "/runc"
            symlink(RuntimeUnderTest.path, runc)
            let version = try Program.run([runc, "--version"]).output.lines.first ?? ""
            #expect(version.hasPrefix("runc version ") && version.split(separator: " ").count == 3, "\(version)")
            expectSuccess(try Program.run([runc, "run", "--detach", "--bundle", bundle.folder, bundle.id]))
            #expect(Files.exists("/run/runc/\(bundle.id)/state.json") && !Files.exists("/run/apus/\(bundle.id)"))
            expectSuccess(try Program.run([runc, "delete", "--force", bundle.id]))
            #expect(!Files.exists("/run/runc/\(bundle.id)"))
        }
    }

    @Test("a container of runc: state and list say of it what runc says")
    func state() throws {
        try withTheirs({
            $0.args = ["sleep", "1000"]
            $0["annotations"]["colour"] = "red"
        }) { bundle in
            let ours = try bundle.stateJSON()
            let theirs = try JSON(try Program.run([Self.theirs, "--root", bundle.state, "state", bundle.id]).output)
            for key in ["ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "annotations"] {
                #expect(ours[key] == theirs[key] && ours[key] != .null, "\(key): \(ours[key]) \(theirs[key])")
            }
            let list = try bundle.call("list")
            #expect(list.output.contains(bundle.id) && list.output.contains("running"), "\(list.said)")
        }
    }

    @Test("a container of runc: exec, ps, pause, resume, update, events, kill and delete")
    func life() throws {
        try withTheirs { bundle in
            let exec = try bundle.call(
                "exec", bundle.id, "/bin/sh", "-c", "echo in; cat /proc/1/comm; cat /proc/self/cgroup")
            #expect(exec.exit == 0 && exec.output == "in\nsleep\n0::/\n", "\(exec.said)")
            let ps = try bundle.call("ps", "--format", "json", bundle.id)
            #expect(ps.output.contains("\(bundle.pid)"), "\(ps.said)")
            expectSuccess(try bundle.call("pause", bundle.id))
            #expect(bundle.status == "paused" && Files.value(bundle.cgroup + "/cgroup.freeze") == "1")
            expectSuccess(try bundle.call("resume", bundle.id))
            expectSuccess(try bundle.call("update", "--pids-limit", "33", bundle.id))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "33")
            let events = try bundle.call("events", "--stats", bundle.id)
            #expect(events.output.contains("\"limit\":33"), "\(events.said)")
            expectSuccess(try bundle.kill("TERM"))
            #expect(bundle.status == "running")  // sleep is process 1 and has no handler
            try bundle.stop()
            #expect(bundle.status == "stopped")
            expectSuccess(try bundle.delete())
            #expect(!Files.exists(bundle.cgroup) && !Files.exists(bundle.state + "/" + bundle.id))
        }
    }

    @Test("a container of runc that waits: it is created, start starts it, once")
    func start() throws {
        try withTheirs(start: false) { bundle in
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
            #expect(bundle.status == "running")
            #expect(eventually { Files.value("/proc/\(bundle.pid)/comm") == "sleep" })
            #expect(!Files.exists("\(bundle.state)/\(bundle.id)/exec.fifo"))
            expectFailure(try bundle.start(), "cannot start an already running container")
        }
    }

    @Test("a container of runc that waits and is killed is stopped, and start says so")
    func startStopped() throws {
        try withTheirs(start: false) { bundle in
            try bundle.stop()
            expectFailure(try bundle.start(), "cannot start a container that has stopped")
        }
    }

    @Test("a container of runc: delete runs the poststop hooks of its bundle, and delete --force removes a running one")
    func hooks() throws {
        try withTheirs { bundle in
            try bundle.edit { config in
                let script = "cat > \(bundle.folder)/poststop"
                config["hooks"]["poststop"] = [["path": "/bin/sh", "args": ["sh", "-c", .string(script)]]]
            }
            expectSuccess(try bundle.delete(force: true))
            let told = try JSON(try Files.text(bundle.folder + "/poststop"))
            #expect(told["id"].string == bundle.id && told["status"].string == "stopped")
            bundle.expectNothingLeft()
        }
    }
}
