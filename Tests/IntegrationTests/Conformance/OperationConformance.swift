import Glibc
import TestSupport
import Testing

/// The operations (runtime.md, "Operations"), and what an error leaves (runtime.md, "Errors").
@Suite("Conformance: operations", .inMachine, .measured)
struct OperationConformance {
    private static func sleeping(_ body: (Bundle) throws -> Void) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }, body)
    }

    @Test("runtime.md, Scope: who creates a container can use every operation on it")
    func scope() throws {
        try Self.sleeping { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(try bundle.call("state", bundle.id).exit == 0)
            #expect(try bundle.start().exit == 0)
            #expect(try bundle.kill().exit == 0)
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
        }
    }

    @Test("runtime.md, Create: without an id, or without a bundle, it is an error")
    func createNothing() throws {
        try Self.sleeping { bundle throws in
            bundle.expectError(try bundle.call("create", "--bundle", bundle.folder))
            bundle.expectError(try bundle.call("create", "--bundle", bundle.folder + "/nowhere", bundle.id))
        }
    }

    @Test(
        "runtime.md, Create: an id that is not valid is an error, and makes no container", arguments: ["a/b", "..", ""])
    func invalidID(id: String) throws {
        try Self.sleeping { bundle throws in
            bundle.expectError(try bundle.call("create", "--bundle", bundle.folder, id))
            #expect(Files.names(bundle.state).filter { !$0.hasPrefix(".") } == [])
        }
    }

    @Test("runtime.md, Create: it creates a container")
    func creates() throws {
        try Self.sleeping { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(bundle.pid > 0 && !Processes.isGone(bundle.pid))
        }
    }

    @Test("runtime.md, Create: all properties but process are applied")
    func applied() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0["linux"]["resources"]["pids"] = ["limit": 44]
            $0.mount("/mnt/applied", ["size=64k"])
        } _: { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(Files.value(bundle.cgroup + "/pids.max") == "44")
            #expect(try Files.text("/proc/\(bundle.pid)/mountinfo").contains(" /mnt/applied "))
            #expect(Files.link("/proc/\(bundle.pid)/ns/net") != Files.link("/proc/self/ns/net"))
        }
    }

    @Test("runtime.md, Create: process.args is not applied until start")
    func notYet() throws {
        try Bundle.with({ $0.shell("touch /began; sleep 1000") }) { bundle throws in
            #expect(try bundle.create().exit == 0)
            usleep(300_000)
            #expect(!Files.exists(bundle.rootfs + "/began"))
            #expect(try bundle.start().exit == 0)
            #expect(eventually { Files.exists(bundle.rootfs + "/began") })
        }
    }

    @Test("runtime.md, Create: a property that cannot be applied is an error, and makes no container")
    func impossible() throws {
        try Self.sleeping { bundle throws in
            try bundle.expectNoContainer { $0.mount("/mnt/x", type: "nosuchfilesystem") }
            try bundle.expectNoContainer { $0["root"]["path"] = "nowhere" }
        }
    }

    @Test("runtime.md, Start: without an id it is an error")
    func startNothing() throws { try Bundle.with { bundle throws in bundle.expectError(try bundle.call("start")) } }

    @Test("runtime.md, Start: on a container that is not created it is an error, without effect")
    func startTwice() throws {
        try Self.sleeping { bundle throws in
            try bundle.launch()
            bundle.expectError(try bundle.start())
            #expect(bundle.status == "running")
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            bundle.expectError(try bundle.start())
            #expect(bundle.status == "stopped")
        }
    }

    @Test("runtime.md, Start: it runs the program that process specifies")
    func starts() throws {
        #expect(
            try Bundle.output(of: "echo here $HOME $(pwd)") { $0["process"]["cwd"] = "/tmp" } == "here /root /tmp\n")
    }

    @Test("runtime.md, Start: without process it is an error")
    func startWithoutProcess() throws {
        try Bundle.with({ $0["process"] = .null }) { bundle throws in
            // process is optional until start, so create need not care.
            #expect(try bundle.create().exit == 0)
            bundle.expectError(try bundle.start())
        }
    }

    @Test("runtime.md, Kill: without an id it is an error")
    func killNothing() throws { try Bundle.with { bundle throws in bundle.expectError(try bundle.call("kill")) } }

    @Test("runtime.md, Kill: on a container that is neither created nor running it is an error")
    func killStopped() throws {
        try Self.sleeping { bundle throws in
            try bundle.launch()
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            bundle.expectError(try bundle.kill())
            #expect(bundle.status == "stopped")
        }
    }

    @Test("runtime.md, Kill: it sends the signal to the container process")
    func kills() throws {
        try Bundle.with({ $0.shell("trap 'echo got > /got' USR1; touch /ready; while :; do sleep 0.1; done") }) {
            bundle in
            try bundle.launch()
            #expect(eventually { Files.exists(bundle.rootfs + "/ready") })
            #expect(try bundle.kill("USR1").exit == 0)
            #expect(eventually { Files.value(bundle.rootfs + "/got") == "got" })
            #expect(bundle.status == "running")
        }
    }

    @Test("runtime.md, Delete: without an id it is an error")
    func deleteNothing() throws { try Bundle.with { bundle throws in bundle.expectError(try bundle.call("delete")) } }

    @Test("runtime.md, Delete: on a container that is not stopped it is an error, without effect")
    func deleteRunning() throws {
        try Self.sleeping { bundle throws in
            _ = try bundle.create()
            bundle.expectError(try bundle.delete())
            #expect(bundle.status == "created")
            _ = try bundle.start()
            bundle.expectError(try bundle.delete())
            #expect(bundle.status == "running")
        }
    }

    @Test("runtime.md, Delete: it deletes what create made")
    func deletes() throws {
        try Self.sleeping { bundle throws in
            try bundle.launch()
            #expect(Files.exists(bundle.cgroup))
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            #expect(!Files.exists(bundle.cgroup))
            bundle.expectNothingLeft()
        }
    }

    @Test("runtime.md, Delete: what the container did not create is not deleted")
    func keeps() throws {
        try Self.sleeping { bundle throws in
            let neighbour = "/sys/fs/cgroup/\(bundle.id)-parent"
            try Files.makeFolder(neighbour)
            defer { rmdir(neighbour) }
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("/\(bundle.id)-parent/inner") }
            try bundle.launch()
            #expect(Files.exists(neighbour + "/inner"))
            try bundle.stop()
            #expect(eventually { bundle.status == "stopped" })
            #expect(try bundle.delete().exit == 0)
            #expect(Files.exists(neighbour) && !Files.exists(neighbour + "/inner"))
            #expect(Files.exists(bundle.rootfs + "/bin") && Files.exists(bundle.folder + "/config.json"))
        }
    }

    @Test("runtime.md, Errors: an error leaves everything as if the operation had not been tried")
    func errors() throws {
        try Self.sleeping { bundle throws in
            let before = Files.names(bundle.rootfs + "/mnt")
            try bundle.expectNoContainer {
                $0.mount("/mnt")
                $0["hooks"]["createContainer"] = [["path": "/bin/false"]]
            }
            #expect(Files.names(bundle.rootfs + "/mnt") == before)
            #expect(!Files.exists(bundle.pidFile))
        }
    }

    @Test("runtime.md, Warnings: an operation goes on after a warning")
    func warnings() throws {
        try Bundle.with {
            $0["process"]["capabilities"]["bounding"].append("CAP_NOBODY_KNOWS")
        } _: { bundle throws in
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("bundle.md, Filesystem Bundle: config.json is in the root of the bundle, under that name")
    func configFile() throws {
        try Self.sleeping { bundle throws in
            try Files.makeFolder(bundle.folder + "/etc")
            rename(bundle.folder + "/config.json", bundle.folder + "/etc/config.json")
            bundle.expectError(try bundle.create())
            bundle.expectNothingLeft()
            rename(bundle.folder + "/etc/config.json", bundle.folder + "/config.json")
        }
    }
}
