import Glibc
import Testing

/// `linux.resources` as the files of the container's cgroup (ConversionsToCgroup2).
@Suite("Cgroups", .inMachine)
struct CgroupTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// `linux.resources`, without devices.
        var resources: JSON
        var files: [(String, String)]

        var testDescription: String { name }
    }

    /// The number of the machine's disk.
    static let disk: (major: Int, minor: Int) = {
        let parts = (Files.value("/sys/block/vda/dev") ?? "0:0").split(separator: ":").map { Int($0) ?? 0 }
        return (parts[0], parts[1])
    }()

    static let cases: [Case] = [
        Case(
            name: "memory.limit, memory.swap, memory.reservation",
            resources: ["memory": ["limit": 67_108_864, "reservation": 33_554_432, "swap": 83_886_080]],
            files: [("memory.max", "67108864"), ("memory.low", "33554432"), ("memory.swap.max", "16777216")]),
        Case(
            name: "memory.swap equal to the limit: none",
            resources: ["memory": ["limit": 67_108_864, "swap": 67_108_864]],
            files: [("memory.max", "67108864"), ("memory.swap.max", "0")]),
        Case(
            name: "memory.swap -1: unlimited", resources: ["memory": ["limit": 67_108_864, "swap": -1]],
            files: [("memory.max", "67108864"), ("memory.swap.max", "max")]),
        Case(
            name: "memory.limit -1: unlimited", resources: ["memory": ["limit": -1, "reservation": -1, "swap": -1]],
            files: [("memory.max", "max"), ("memory.swap.max", "max")]),
        Case(name: "pids.limit", resources: ["pids": ["limit": 50]], files: [("pids.max", "50")]),
        Case(name: "pids.limit -1: unlimited", resources: ["pids": ["limit": -1]], files: [("pids.max", "max")]),
        Case(
            name: "cpu.quota, cpu.period", resources: ["cpu": ["quota": 50000, "period": 200_000]],
            files: [("cpu.max", "50000 200000"), ("cpu.weight", "100")]),
        Case(name: "cpu.quota alone", resources: ["cpu": ["quota": 50000]], files: [("cpu.max", "50000 100000")]),
        Case(name: "cpu.period alone", resources: ["cpu": ["period": 50000]], files: [("cpu.max", "max 50000")]),
        Case(
            name: "cpu.quota -1: none", resources: ["cpu": ["quota": -1, "period": 50000]],
            files: [("cpu.max", "max 50000")]
        ),
        Case(
            name: "cpu.cpus, cpu.mems", resources: ["cpu": ["cpus": "0", "mems": "0"]],
            files: [("cpuset.cpus", "0"), ("cpuset.mems", "0"), ("cpuset.cpus.effective", "0")]),
        Case(
            name: "blockIO.throttle",
            resources: [
                "blockIO": [
                    "throttleReadBpsDevice": [
                        ["major": .int(disk.major), "minor": .int(disk.minor), "rate": 1_048_576]
                    ],
                    "throttleWriteIOPSDevice": [["major": .int(disk.major), "minor": .int(disk.minor), "rate": 100]],
                ]
            ],
            files: [("io.max", "\(disk.major):\(disk.minor) rbps=1048576 wbps=max riops=max wiops=100")]),
        Case(
            name: "hugepageLimits", resources: ["hugepageLimits": [["pageSize": "2MB", "limit": 4_194_304]]],
            files: [("hugetlb.2MB.max", "4194304")]),
        Case(
            name: "unified",
            resources: ["unified": ["memory.high": "50331648", "pids.max": "44", "cgroup.max.depth": "7"]],
            files: [("memory.high", "50331648"), ("pids.max", "44"), ("cgroup.max.depth", "7")]),
        Case(
            name: "unified, after the rest", resources: ["pids": ["limit": 50], "unified": ["pids.max": "60"]],
            files: [("pids.max", "60")]),
        Case(
            name: "nothing", resources: [:],
            files: [
                ("memory.max", "max"), ("memory.low", "0"), ("pids.max", "max"), ("cpu.max", "max 100000"),
                ("cpu.weight", "100"), ("io.max", ""),
            ]),
    ]

    /// Creates a container with these resources and reads files of its cgroup.
    private func expect(_ resources: JSON, _ files: [(String, String)]) throws {
        try Bundle.with {
            let devices = $0["linux"]["resources"]["devices"]
            $0["linux"]["resources"] = resources
            $0["linux"]["resources"]["devices"] = devices
        } _: { bundle in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0, "\(outcome.said)")
            for (file, expected) in files {
                let value = Files.value(bundle.cgroup + "/" + file)
                // systemd limits each unit that says nothing.
                if CgroupDriver.now == .systemd, file == "pids.max", expected == "max", resources["pids"] == .null {
                    continue
                }
                #expect(value == expected, "\(file)")
            }
        }
    }

    @Test("each limit is in its file when create returns", arguments: cases)
    func files(limits: Case) throws { try expect(limits.resources, limits.files) }

    @Test("hugepageLimits: both files are written", .unless("hugetlb-reservation"))
    func hugetlb() throws {
        try expect(
            ["hugepageLimits": [["pageSize": "2MB", "limit": 4_194_304]]],
            [("hugetlb.2MB.max", "4194304"), ("hugetlb.2MB.rsvd.max", "4194304")])
    }

    @Test("pids.limit: 0 is a real one", .unless("pids-zero"))
    func pidsZero() throws { try expect(["pids": ["limit": 0]], [("pids.max", "1")]) }

    @Test(
        "cpu.shares: they become a weight by the formula that keeps 1024 = 100", .unless("cpu-weight-formula"),
        arguments: [(2, 1), (512, 59), (1024, 100), (2048, 174), (262144, 10000)])
    func weight(shares: Int, weight: Int) throws {
        try expect(["cpu": ["shares": .int(shares)]], [("cpu.weight", "\(weight)")])
    }

    @Test("cpu.burst and cpu.idle", .unless("cpu-burst-idle"))
    func burstAndIdle() throws {
        try expect(
            ["cpu": ["quota": 50000, "period": 100_000, "burst": 20000]],
            [("cpu.max", "50000 100000"), ("cpu.max.burst", "20000")])
        try expect(["cpu": ["idle": 1]], [("cpu.idle", "1")])
    }

    @Test("blockIO.weight")
    func ioWeight() throws {
        let file = Files.exists("/sys/fs/cgroup/io.bfq.weight") ? "io.bfq.weight" : "io.weight"
        try Bundle.with({ $0["linux"]["resources"]["blockIO"] = ["weight": 500] }) { bundle in
            let outcome = try bundle.create()
            if outcome.exit == 0 {
                let value = Files.value(bundle.cgroup + "/io.bfq.weight") ?? Files.value(bundle.cgroup + "/io.weight")
                #expect(value == "default 500" || value == "default 4950", "\(file): \(value ?? "none")")
            } else {
                // this kernel has neither file
                #expect(!Files.exists(bundle.cgroup + "/io.bfq.weight"))
                expectFailure(outcome, "", at: "/linux/resources/blockIO/weight")
                bundle.expectNothingLeft()
            }
        }
    }

    @Test("impossible limits are refused with their place, and nothing is left")
    func wrong() throws {
        try Bundle.with { bundle in
            func refused(
                at end: String, unless difference: String? = nil, resources: JSON,
                line: SourceLocation = #_sourceLocation
            ) throws {
                try bundle.expectRefusal(at: "/linux/resources" + end, unless: difference, sourceLocation: line) {
                    for key in resources.keys { $0["linux"]["resources"][key] = resources[key] }
                }
            }
            try refused(at: "/memory/swap", resources: ["memory": ["limit": 67_108_864, "swap": 1_048_576]])
            try refused(at: "/memory/swap", resources: ["memory": ["swap": 1_048_576]])
            try refused(
                at: "/hugepageLimits/0", resources: ["hugepageLimits": [["pageSize": "3MB", "limit": 1]]])
            try refused(
                at: "/hugepageLimits/0/pageSize",
                resources: ["hugepageLimits": [["pageSize": "../../cgroup.procs", "limit": 1]]])
            try refused(at: "/unified/nosuch.max", resources: ["unified": ["nosuch.max": "1"]])
            try refused(at: "/unified/..~1x", resources: ["unified": ["../x": "1"]])
            try refused(at: "/unified/memory.max", resources: ["unified": ["memory.max": "many"]])
            try refused(at: "/cpu/cpus", resources: ["cpu": ["cpus": "4000"]])
            try refused(at: "/cpu/quota", resources: ["cpu": ["quota": 1, "period": 100_000]])
            try refused(
                at: "/blockIO/throttleReadBpsDevice/0",
                resources: ["blockIO": ["throttleReadBpsDevice": [["major": 251, "minor": 77, "rate": 1]]]])
        }
    }

    @Test(
        "cpu.realtimeRuntime, network and rdma: a limit that cgroup v2 or the machine does not support is an error",
        .unless("version-1-limits"))
    func notThere() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/linux/resources/cpu/realtimeRuntime") {
                $0["linux"]["resources"]["cpu"] = ["realtimeRuntime": 1000]
            }
            try bundle.expectRefusal(at: "/linux/resources/network/classID") {
                $0["linux"]["resources"]["network"] = ["classID": 7]
            }
            // the machine has no such device
            try bundle.expectRefusal(at: "/linux/resources/rdma") {
                $0["linux"]["resources"]["rdma"] = ["mlx5_0": ["hcaHandles": 3]]
            }
        }
    }

    @Test(
        "memory.kernel, swappiness and other limits of version 1: neutral values are accepted, real ones are an error",
        .unless("version-1-limits"))
    func versionOne() throws {
        try expect(
            ["memory": ["kernel": -1, "kernelTCP": -1, "swappiness": 60, "disableOOMKiller": false]],
            [("memory.max", "max")])
        try Bundle.with { bundle in
            for (key, value) in [("kernel", JSON.int(1_048_576)), ("swappiness", 10), ("disableOOMKiller", true)] {
                try bundle.expectRefusal(at: "/linux/resources/memory/\(key)") {
                    $0["linux"]["resources"]["memory"] = .object([.init(key: key, value: value)])
                }
            }
        }
    }

    @Test("cgroupsPath: a deep one is made with its controllers; the process is in it from its first moment", .byFiles)
    func deepPath() throws {
        let parent = "/deep-\(UInt32.random(in: 0 ... .max))"
        defer { for end in ["/a", ""] { rmdir("/sys/fs/cgroup" + parent + end) } }
        let output = try Bundle.output(
            of: "cat /proc/self/cgroup /sys/fs/cgroup/pids.max /sys/fs/cgroup/cgroup.controllers"
        ) { config in
            config["linux"]["cgroupsPath"] = .string(
                "\(parent)/a/" + (config["linux"]["cgroupsPath"].string ?? "").dropFirst())
            config["linux"]["resources"]["pids"] = ["limit": 33]
        }
        #expect(output.lines.prefix(2) == ["0::/", "33"], "\(output)")
        for controller in ["cpu", "memory", "io", "pids", "cpuset"] { #expect(output.words.contains(controller)) }
    }

    @Test("cgroupsPath: without it the id names the cgroup; a relative one is found again too", .byFiles)
    func otherPaths() throws {
        for path in [JSON.null, .string("relative")] {
            try Bundle.with {
                if case .string = path, let old = $0["linux"]["cgroupsPath"].string {
                    $0["linux"]["cgroupsPath"] = .string(String(old.dropFirst()))
                } else {
                    $0["linux"]["cgroupsPath"] = .null
                }
                $0.args = ["/bin/sleep", "1000"]
            } _: { bundle in
                try bundle.launch()
                #expect(Leftovers.cgroups(named: bundle.id).count == 1)
                #expect(Files.value("/proc/\(bundle.pid)/cgroup")?.hasSuffix("/" + bundle.id) == true)
                expectSuccess(try bundle.delete(force: true))
                bundle.expectNothingLeft()
            }
        }
    }

    @Test("a cgroup that has processes or is frozen is refused", .byFiles)
    func notEmpty() throws {
        try Bundle.with { bundle in
            try Files.makeFolder(bundle.cgroup)
            defer { rmdir(bundle.cgroup) }
            let sleeper = try Program.start(["/bin/sleep", "1000"])
            try Files.write(bundle.cgroup + "/cgroup.procs", "\(sleeper.pid)")
            let outcome = try bundle.create()
            Glibc.kill(sleeper.pid, SIGKILL)
            _ = sleeper.outcome()
            if !Difference.applies("cgroup-taken-over") {
                expectFailure(outcome, "container's cgroup is not empty: 1 process(es) found", at: "/linux/cgroupsPath")
                #expect(Files.exists(bundle.cgroup), "the cgroup of somebody else is gone")
            }
            if outcome.exit == 0 { _ = try bundle.delete(force: true) }
            rmdir(bundle.cgroup)
        }
    }

    @Test("the limits hold: processes and memory")
    func enforced() throws {
        let script = "i=0; while [ $i -lt 30 ]; do sleep 5 & i=$((i+1)); done; echo survived"
        try Bundle.with({
            $0["linux"]["resources"]["pids"] = ["limit": 10]
            $0.shell(script)
        }) { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit != 0 && !outcome.output.contains("survived"), "\(outcome.said)")
            #expect(outcome.diagnostics.contains("fork"), "\(outcome.said)")
        }
        try Bundle.with({
            $0["linux"]["resources"]["memory"] = ["limit": 33_554_432, "swap": 33_554_432]
            $0.shell("dd if=/dev/zero of=/dev/shm/x bs=1M count=48 && echo survived")
        }) { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit != 0 && !outcome.output.contains("survived"), "\(outcome.said)")
        }
    }
}

/// The device program: which devices may be opened and made (ConversionsToCgroup2, "Device rules").
@Suite("Device rules", .inMachine)
struct DeviceRuleTests {
    /// Tries to make and to open /dev/kmsg (c 1:11), which no default rule names.
    private func attempts(_ rules: JSON) throws -> [String] {
        let script = """
            mknod /tmp/n c 1 11 && echo made; exec 3</tmp/n && echo read; exec 4>>/tmp/n && echo written; \
            mknod /tmp/b b 7 3 && echo block
            """
        var lines: [String] = []
        try Bundle.with({
            $0.allCapabilities()
            $0["linux"]["resources"]["devices"] = rules
            // if exec fails in a shell, the shell ends
            $0.shell(
                script.replacing("exec 3</tmp/n", with: "(exec 3</tmp/n) 2>/dev/null")
                    .replacing("exec 4>>/tmp/n", with: "(exec 4>>/tmp/n) 2>/dev/null") + "; true")
        }) { bundle in
            lines = try bundle.run().output.lines
        }
        return lines
    }

    @Test("deny all: nodes can be made, the defaults work, nothing else can be opened")
    func denied() throws {
        #expect(try attempts([["allow": false, "access": "rwm"]]) == ["made", "block"])
    }

    @Test("resources.devices: rules count in their order; the last matching one wins")
    func order() throws {
        let deny: JSON = ["allow": false, "access": "rwm"]
        func rule(_ allow: Bool, _ access: String) -> JSON {
            ["allow": .bool(allow), "type": "c", "major": 1, "minor": 11, "access": .string(access)]
        }
        #expect(try attempts([deny, rule(true, "r")]) == ["made", "read", "block"])
        #expect(try attempts([deny, rule(true, "rw")]) == ["made", "read", "written", "block"])
        #expect(try attempts([deny, rule(true, "rw"), rule(false, "w")]) == ["made", "read", "block"])
        #expect(
            try attempts([rule(true, "rw"), deny]) == ["made", "block"])
        #expect(
            try attempts([deny, ["allow": true, "type": "c", "access": "rwm"]]) == ["made", "read", "written", "block"])
        #expect(try attempts([deny, ["allow": true, "access": "rwm"]]) == ["made", "read", "written", "block"])
    }

    @Test("an impossible rule is refused with its place")
    func wrong() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/linux/resources/devices/1/access", unless: "device-rule-unchecked") {
                $0["linux"]["resources"]["devices"].append(["allow": true, "type": "c", "access": "x"])
            }
            try bundle.expectRefusal(at: "/linux/resources/devices/1/type", unless: "device-rule-unchecked") {
                $0["linux"]["resources"]["devices"].append(["allow": true, "type": "z", "access": "r"])
            }
        }
    }
}
