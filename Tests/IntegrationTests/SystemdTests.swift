import Glibc
import TestSupport
import Testing

/// systemd makes the cgroup, as that of a unit (`--systemd-cgroup`; ConversionsToCgroup2, "systemd").
@Suite("systemd's cgroups", .inMachine, .bySystemd)
struct SystemdTests {
    /// Calls systemctl(1), again if systemd executes itself anew meanwhile and does not answer.
    private static func systemctl(_ words: [String]) throws -> Outcome {
        var outcome = try Program.run(["systemctl"] + words)
        _ = eventually {
            guard outcome.exit != 0, outcome.diagnostics.contains("onnect") else { return true }
            outcome = (try? Program.run(["systemctl"] + words)) ?? outcome
            return false
        }
        return outcome
    }

    /// What systemd says of a unit: `NAME=VALUE`.
    private static func show(_ unit: String, _ names: String...) throws -> [String] {
        try systemctl(["show", unit] + names.map { "--property=\($0)" }).output.lines
    }

    private static func units(_ bundle: Bundle) throws -> String {
        try systemctl(["list-units", "--all", "--plain", "--no-legend", "*\(bundle.id)*"]).output
    }

    /// The limits of ``limited(_:)`` in the files and in the unit.
    private static func expectLimits(_ bundle: Bundle, tasks: Int = 50, memory: Int = 67_108_864) throws {
        let files = [
            "memory.max": "\(memory)", "memory.low": "1048576", "pids.max": "\(tasks)", "cpu.max": "26000 100000",
            "cpuset.cpus": "0",
        ]
        for (file, value) in files { #expect(Files.value("\(bundle.cgroup)/\(file)") == value, "\(file)") }
        let weight = try #require(Files.value(bundle.cgroup + "/cpu.weight"))
        let shown = try show(
            bundle.unit, "MemoryMax", "MemoryLow", "TasksMax", "CPUQuotaPerSecUSec", "AllowedCPUs", "CPUWeight",
            "Slice", "Delegate")
        #expect(
            Set(shown) == [
                "MemoryMax=\(memory)", "MemoryLow=1048576", "TasksMax=\(tasks)", "CPUQuotaPerSecUSec=260ms",
                "AllowedCPUs=0", "CPUWeight=\(weight)", "Slice=system.slice", "Delegate=yes",
            ])
    }

    private static func limited(_ config: inout JSON) {
        config["linux"]["resources"]["memory"] = ["limit": 67_108_864, "reservation": 1_048_576]
        config["linux"]["resources"]["pids"] = ["limit": 50]
        config["linux"]["resources"]["cpu"] = ["quota": 26000, "period": 100_000, "shares": 512, "cpus": "0"]
        config.args = ["/bin/sleep", "1000"]
    }

    @Test("the unit has the limits of the files, after update and daemon-reload too; it goes with the container")
    func limits() throws {
        try Bundle.with(Self.limited) { bundle in
            try bundle.launch()
            try Self.expectLimits(bundle)
            _ = try Self.systemctl(["daemon-reload"])
            try Self.expectLimits(bundle)
            expectSuccess(try bundle.call("update", "--pids-limit", "60", "--memory", "50000000", bundle.id))
            let memory = 50_000_000 / 4096 * 4096
            #expect(Files.value(bundle.cgroup + "/pids.max") == "60")
            #expect(Files.value(bundle.cgroup + "/memory.max") == "\(memory)")
            _ = try Self.systemctl(["daemon-reload"])
            #expect(Files.value(bundle.cgroup + "/pids.max") == "60")
            #expect(Files.value(bundle.cgroup + "/memory.max") == "\(memory)")
            #expect(try Self.show(bundle.unit, "TasksMax") == ["TasksMax=60"])
            expectSuccess(try bundle.delete(force: true))
            bundle.expectNothingLeft()
            #expect(try Self.units(bundle) == "")
        }
    }

    @Test("the container keeps its devices, and gets no others, when systemd reads its files again")
    func devices() throws {
        try Bundle.with { config in
            config.allCapabilities()
            config.args = ["/bin/sleep", "1000"]
            config["linux"]["resources"]["devices"] = [
                ["allow": false, "access": "rwm"],
                ["allow": true, "type": "c", "major": 1, "minor": 11, "access": "rwm"],
            ]
        } _: { bundle in
            try bundle.launch()
            // /dev/kmsg is allowed, /dev/mem is not.
            let script =
                "mknod /kmsg c 1 11; mknod /mem c 1 1; head -c0 /kmsg && echo one; head -c0 /dev/zero && echo two; (: < /mem) || echo no"
            for _ in 0..<2 {
                let outcome = try bundle.exec(["/bin/sh", "-c", script])
                #expect(outcome.output.words == ["one", "two", "no"], "\(outcome.said)")
                for command in ["daemon-reload", "daemon-reexec"] { _ = try Self.systemctl([command]) }
                #expect(eventually { (try? Self.systemctl(["is-system-running"]).output.trimmed.isEmpty) == false })
            }
        }
    }

    @Test("a run leaves no unit, whether its program succeeds, fails or cannot start")
    func runs() throws {
        for script in ["true", "exit 3", ""] {
            try Bundle.with({ config in
                if script.isEmpty { config.args = ["/nothing"] } else { config.shell(script) }
            }) { bundle in
                let outcome = try bundle.run()
                #expect(outcome.exit == (script == "true" ? 0 : script.isEmpty ? 1 : 3) || !RuntimeUnderTest.isOurs)
                bundle.expectNothingLeft()
                #expect(eventually { (try? Self.units(bundle)) == "" })
            }
        }
    }

    @Test("the container's cgroup namespace begins at the unit; a new process is born in it")
    func inside() throws {
        try Bundle.with({
            $0.args = ["/bin/sleep", "1000"]
        }) { bundle in
            try bundle.launch()
            #expect(try bundle.exec(["/bin/cat", "/proc/self/cgroup"]).output == "0::/\n")
            #expect(Files.value("/proc/\(bundle.pid)/cgroup") == "0::/system.slice/\(bundle.unit)")
            #expect(try bundle.stateJSON()["status"] == "running")
            #expect(Files.value(bundle.cgroup + "/cgroup.procs") == "\(bundle.pid)")
        }
    }

    @Test("annotations set properties of the unit")
    func annotations() throws {
        try Bundle.with({ config in
            config.args = ["/bin/sleep", "1000"]
            config["annotations"] = [
                "org.systemd.property.TimeoutStopUSec": "uint64 9000000",
                "org.systemd.property.CollectMode": "'inactive-or-failed'",
            ]
        }) { bundle in
            try bundle.launch()
            #expect(
                try Self.show(bundle.unit, "TimeoutStopUSec", "CollectMode").sorted() == [
                    "CollectMode=inactive-or-failed", "TimeoutStopUSec=9s",
                ])
            try bundle.stop()
            expectSuccess(try bundle.delete())
            try bundle.edit { $0["annotations"] = ["org.systemd.property.NoSuchThing": "true"] }
            let outcome = try bundle.create()
            #expect(outcome.exit != 0 && outcome.said.contains("NoSuchThing"), "\(outcome.said)")
            #expect(eventually { (try? Self.units(bundle)) == "" })
        }
    }

    @Test("a slice: cgroupsPath PARENT::NAME.slice", .oursOnly)
    func slice() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let name = bundle.id.split(separator: "-").joined() + ".slice"
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("machine.slice::\(name)") }
            try bundle.launch()
            #expect(Files.value("/proc/\(bundle.pid)/cgroup") == "0::/machine.slice/\(name)")
            expectSuccess(try bundle.delete(force: true))
            #expect(try Self.show(name, "ActiveState") == ["ActiveState=inactive"])
            #expect(!Files.exists("/sys/fs/cgroup/machine.slice/\(name)"))
        }
    }

    @Test("a unit that somebody else has started is refused, and lives on")
    func foreign() throws {
        try Bundle.with { bundle in
            let other = try Program.start(
                ["systemd-run", "--quiet", "--scope", "--unit", bundle.unit, "/bin/sleep", "1000"])
            #expect(eventually { (try? Self.show(bundle.unit, "ActiveState")) == ["ActiveState=active"] })
            let outcome = try bundle.create()
            #expect(outcome.exit != 0, "\(outcome.said)")
            if RuntimeUnderTest.isOurs {
                expectFailure(outcome, "container's cgroup is not empty: 1 process(es) found")
            }
            #expect(try Self.show(bundle.unit, "ActiveState") == ["ActiveState=active"])
            Glibc.kill(other.pid, SIGKILL)
            _ = other.outcome()
        }
    }

    @Test("over the bus itself, too", .oursOnly)
    func bus() throws {
        try Bundle.with({ $0.shell("cat /proc/self/cgroup") }) { bundle in
            let address = "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/run/dbus/system_bus_socket"
            let outcome = try bundle.run(surroundings: .init(environment: [Program.path, address]))
            #expect(outcome.output == "0::/\n", "\(outcome.said)")
            bundle.expectNothingLeft()
        }
    }

    @Test("a bus that is not there, and one that hangs: one line, in time, and nothing is left", .oursOnly)
    func noBus() throws {
        try Bundle.with { bundle in
            func create(_ path: String) throws -> Outcome {
                try bundle.create(
                    surroundings: .init(environment: [Program.path, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=\(path)"]))
            }
            expectFailure(
                try create("/nothing"), "unable to connect to systemd: connect to /nothing: no such file or directory")
            bundle.expectNothingLeft()
            let path = bundle.folder + "/bus"
            let silent = try ListeningSocket(at: path)
            let start = Clock.now
            let outcome = try create(path)
            expectFailure(outcome, "unable to connect to systemd: wait for an answer from \(path)")
            #expect(Clock.now - start < 60)
            ListeningSocket.leave(silent)
            bundle.expectNothingLeft()
        }
    }

    @Test("wherever the runtime is killed, delete --force removes the unit too", .oursOnly)
    func killed() throws {
        for milliseconds in [2, 4, 6, 8, 10, 15, 20, 30, 50] {
            try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
                let create = try bundle.begin("create", "--bundle", bundle.folder, bundle.id)
                usleep(UInt32(milliseconds * 1000))
                Glibc.kill(create.pid, SIGKILL)
                _ = create.outcome()
                _ = try bundle.delete(force: true)
                bundle.expectNothingLeft()
                #expect(eventually { (try? Self.units(bundle)) == "" })
            }
        }
    }

    @Test("what is no slice, prefix and name is refused", .oursOnly)
    func paths() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(
                "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"/abs\" instead",
                at: "/linux/cgroupsPath"
            ) { $0["linux"]["cgroupsPath"] = "/abs" }
            try bundle.expectRefusal("invalid slice name: a--b.slice", at: "/linux/cgroupsPath") {
                $0["linux"]["cgroupsPath"] = "a--b.slice:p:n"
            }
        }
    }
}
