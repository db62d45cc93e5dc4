import Glibc
import TestSupport
import Testing

/// `pause` and `resume`: the freezer of the container's cgroup.
@Suite("Pause", .inMachine)
struct PauseTests {
    /// A container that counts in its file /tmp/count.
    private func counting(_ body: (Bundle) throws -> Void) throws {
        try Bundle.with {
            $0.shell("n=0; while :; do n=$((n+1)); echo $n > /tmp/count; sleep 0.01; done")
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { Self.count(bundle) > 0 })
            try body(bundle)
        }
    }

    private static func count(_ bundle: Bundle) -> Int { Int(Files.value(bundle.rootfs + "/tmp/count") ?? "") ?? 0 }

    /// Whether the count goes on.
    private static func moves(_ bundle: Bundle, within seconds: Double) -> Bool {
        let before = Files.value(bundle.rootfs + "/tmp/count")
        return eventually(within: seconds) { Files.value(bundle.rootfs + "/tmp/count") != before }
    }

    @Test("pause stops every process until resume; state and list say paused")
    func pauseAndResume() throws {
        try counting { bundle in
            expectSuccess(try bundle.call("pause", bundle.id))
            #expect(Files.value(bundle.cgroup + "/cgroup.events")?.contains("frozen 1") == true)
            #expect(!Self.moves(bundle, within: 0.3))
            #expect(bundle.status == "paused")
            let listed = try JSON(try bundle.call("list", "--format", "json").output)
            #expect(listed.items.map { $0["status"].string } == ["paused"])
            #expect(try bundle.stateJSON()["pid"].int == Int(bundle.pid))

            expectSuccess(try bundle.call("resume", bundle.id))
            #expect(Files.value(bundle.cgroup + "/cgroup.events")?.contains("frozen 0") == true)
            #expect(Self.moves(bundle, within: 10))
            #expect(bundle.status == "running")
        }
    }

    @Test("processes in cgroups that the container made below its own are paused too", .unless("cgroup-delegation"))
    func children() throws {
        try counting { bundle in
            try Files.makeFolder(bundle.cgroup + "/below")
            try Files.write(bundle.cgroup + "/below/cgroup.procs", "\(bundle.pid)")
            expectSuccess(try bundle.call("pause", bundle.id))
            #expect(Files.value(bundle.cgroup + "/below/cgroup.events")?.contains("frozen 1") == true)
            #expect(!Self.moves(bundle, within: 0.3))
            expectSuccess(try bundle.call("resume", bundle.id))
            #expect(Self.moves(bundle, within: 10))
        }
    }

    @Test("a created container can be paused; start comes after resume", .unless("pause-created"))
    func created() throws {
        try Bundle.with({ $0.shell("echo run > /tmp/run; sleep 1000") }) { bundle in
            expectSuccess(try bundle.create())
            expectSuccess(try bundle.call("pause", bundle.id))
            #expect(bundle.status == "paused")
            expectFailure(try bundle.start(), "cannot start a container in the paused state")
            expectSuccess(try bundle.call("resume", bundle.id))
            #expect(bundle.status == "created")
            #expect(!Files.exists(bundle.rootfs + "/tmp/run"))
            expectSuccess(try bundle.start())
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/run") })
        }
    }

    @Test("KILL ends a paused container, and its cgroup is no longer frozen")
    func kill() throws {
        try counting { bundle in
            expectSuccess(try bundle.call("pause", bundle.id))
            let pid = bundle.pid
            expectSuccess(try bundle.kill())
            #expect(eventually { Processes.isGone(pid) })
            #expect(eventually { bundle.status == "stopped" })
            // systemd removes the cgroup of a unit that has ended.
            #expect(
                (Files.value(bundle.cgroup + "/cgroup.freeze") ?? "0") == "0"
                    || Difference.applies("killed-stays-frozen"))
            expectFailure(try bundle.call("resume", bundle.id), "container not paused", unless: "resume-unpaused")
            expectSuccess(try bundle.delete())
        }
    }

    @Test("another signal waits until a paused container goes on")
    func signal() throws {
        try Bundle.with {
            $0.shell("trap 'echo got > /tmp/got; exit' USR1; echo > /tmp/ready; while :; do sleep 0.01; done")
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/ready") })
            expectSuccess(try bundle.call("pause", bundle.id))
            expectSuccess(try bundle.kill("USR1"))
            usleep(200_000)
            #expect(!Files.exists(bundle.rootfs + "/tmp/got"))
            #expect(bundle.status == "paused")
            expectSuccess(try bundle.call("resume", bundle.id))
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/got") })
        }
    }

    @Test("delete --force removes a paused container")
    func deleteForce() throws {
        try counting { bundle in
            expectSuccess(try bundle.call("pause", bundle.id))
            expectSuccess(try bundle.delete(force: true))
            bundle.expectNothingLeft()
        }
    }

    @Test("resume fails in time with a clear message if a parent's freezer holds the container", .byFiles, .oursOnly)
    func parent() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("/\(bundle.id)/inner") }
            try bundle.launch()
            try Files.write(bundle.cgroup + "/cgroup.freeze", "1")
            #expect(eventually { bundle.status == "paused" })
            expectFailure(try bundle.call("resume", bundle.id), "thaw cgroup /\(bundle.id)/inner")
            try Files.write(bundle.cgroup + "/cgroup.freeze", "0")
            #expect(eventually { bundle.status == "running" })
            expectSuccess(try bundle.delete(force: true))
            rmdir(bundle.cgroup)
        }
    }
}
