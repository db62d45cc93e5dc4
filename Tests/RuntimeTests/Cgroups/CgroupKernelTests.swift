import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

/// The cgroup code on a real kernel. It needs root and cgroup v2 with all controllers, as in scripts/vm. Elsewhere the
/// suite is skipped with a message.
@Suite(
    "Cgroups of a real kernel", .enabled(if: Machine.isReady, "set APUS_CGROUPS=1 as root, with cgroup v2 alone"),
    .serialized)
struct CgroupKernelTests {
    /// The folder of this run.
    let top = "/apus-test-\(getpid())"

    func path(_ text: String) throws -> CgroupPath { try CgroupPath(recorded: top + text) }

    func make(_ text: String, _ resources: Resources = Resources()) throws -> Cgroup {
        let plan = try ResourcePlan(LinuxConfig(resources: resources))
        let cgroup = try Cgroup.make(try path(text), needing: plan.controllers)
        try cgroup.verify(plan.checks)
        try cgroup.write(plan.files)
        if let devices = plan.devices { #expect(try cgroup.apply(devices, isRestricted: false) == nil) }
        return cgroup
    }

    func exists(_ text: String) -> Bool { FileManager.default.fileExists(atPath: "/sys/fs/cgroup\(top)\(text)") }

    func isGone(_ text: String) throws -> Bool {
        // A macro cannot use a value that cannot be copied.
        if try Cgroup.open(try path(text)) == nil { return true } else { return false }
    }

    func value(_ file: String) throws -> String {
        try String(contentsOfFile: "/sys/fs/cgroup\(top)\(file)", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    /// Removes everything of this run, whatever a test left.
    func cleanUp() {
        for _ in 0..<50 {
            try? Cgroup.open(CgroupPath(recorded: top))?.kill()
            if let _ = try? Cgroup.remove(at: top, within: 1000) { return }
        }
    }

    @Test("parents are made with all controllers, the cgroup is removed by its path, its parents stay")
    func makeAndRemove() throws {
        defer { cleanUp() }
        let cgroup = try make("/a/b/c")
        let made = cgroup.made
        #expect(made.count == 4)
        #expect(try value("/a/b/c/cgroup.controllers") == value("/../cgroup.controllers"))
        let status = try Linux.status("/sys/fs/cgroup\(top)/a/b/c")
        #expect(status.permissions == 0o755)
        try Cgroup.remove(at: "\(top)/a/b/c")
        #expect(!exists("/a/b/c") && exists("/a/b"))
        try Cgroup.remove(at: "\(top)/a/b/c")
        #expect(try isGone("/a/b/c"))
    }

    @Test("undo removes what was made, with the parents that were made and no others")
    func undo() throws {
        defer { cleanUp() }
        try Cgroup.make(try path("/kept"), needing: []).undo()
        #expect(!exists("/kept") && !exists(""))
        _ = try make("/kept")
        let cgroup = try make("/kept/a/b")
        let process = try ShellProcess()
        try cgroup.add(process: process.pid)
        cgroup.undo()
        #expect(process.hasEnded() && exists("/kept") && !exists("/kept/a"))
    }

    @Test("the kernel reports every limit as it was set")
    func limits() throws {
        defer { cleanUp() }
        let disk = try #require(Machine.disk)
        let resources = Resources(
            memory: MemoryResources(limit: 64 << 20, reservation: 32 << 20, swap: 96 << 20),
            cpu: CPUResources(shares: 512, quota: 50000, burst: 20000, period: 200_000, cpus: "0", mems: "0", idle: 0),
            pids: PidsResources(limit: 0),
            blockIO: BlockIOResources(
                weight: 500, throttleReadBpsDevice: [ThrottleDevice(major: disk.major, minor: disk.minor, rate: 600)],
                throttleWriteIOPSDevice: [ThrottleDevice(major: disk.major, minor: disk.minor, rate: 30)]),
            hugepageLimits: [HugepageLimit(pageSize: "2MB", limit: 4 << 20)],
            unified: ["memory.high": "50331648", "pids.max": "7", "cgroup.max.depth": "3"])
        _ = try make("/one", resources)
        for (file, expected) in [
            ("memory.max", "67108864"), ("memory.low", "33554432"), ("memory.high", "50331648"), ("cpu.weight", "59"),
            ("cpu.max", "50000 200000"), ("cpu.max.burst", "20000"), ("cpu.idle", "0"), ("cpuset.cpus", "0"),
            ("cpuset.mems", "0"), ("pids.max", "7"), ("hugetlb.2MB.max", "4194304"),
            ("hugetlb.2MB.rsvd.max", "4194304"),
            ("io.max", "\(disk.major):\(disk.minor) rbps=600 wbps=max riops=max wiops=30"), ("cgroup.max.depth", "3"),
        ] {
            #expect(try value("/one/\(file)") == expected, "\(file)")
        }
        if exists("/one/memory.swap.max") { #expect(try value("/one/memory.swap.max") == "33554432") }
        if exists("/one/io.bfq.weight") {
            #expect(try value("/one/io.bfq.weight").contains("500"))
        } else {
            #expect(try value("/one/io.weight").contains("4950"))
        }
    }

    @Test("a burst and a quota go in whichever order the kernel takes them")
    func burst() throws {
        defer { cleanUp() }
        let cgroup = try make("/one", Resources(cpu: CPUResources(quota: 10000, burst: 5000)))
        // A larger burst needs the larger quota first; a smaller quota needs the smaller burst first.
        for (quota, burst) in [(50000, 40000), (20000, 10000), (90000, 90000)] as [(Int64, UInt64)] {
            try cgroup.write(ResourcePlan(update: Resources(cpu: CPUResources(quota: quota, burst: burst))).files)
            #expect(try value("/one/cpu.max") == "\(quota) 100000")
            #expect(try value("/one/cpu.max.burst") == "\(burst)")
        }
    }

    @Test("a value that the kernel refuses is a failure with its place, and the cgroup can be undone")
    func refusedValue() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        let plan = try ResourcePlan(LinuxConfig(resources: Resources(cpu: CPUResources(quota: 1))))
        let failure = #expect(throws: Failure.self) { try cgroup.write(plan.files) }
        #expect(
            failure?.line.contains("to 1 100000: invalid argument (config.json /linux/resources/cpu/quota)") == true)
        #expect(failure?.hint?.contains("1000") == true)
        let device = BlockIOResources(throttleReadBpsDevice: [ThrottleDevice(major: 99, minor: 0, rate: 1)])
        let missing = try ResourcePlan(LinuxConfig(resources: Resources(blockIO: device)))
        #expect(throws: Failure.self) { try cgroup.write(missing.files) }
        cgroup.undo()
        #expect(!exists(""))
    }

    @Test("a missing controller is named, with the cgroup at which it ends")
    func missingController() throws {
        defer { cleanUp() }
        // A parent that has processes itself cannot pass controllers on.
        let parent = try Cgroup.make(try path(""), needing: [])
        let process = try ShellProcess()
        try parent.add(process: process.pid)
        let cgroup = try Cgroup.make(try path("/one"), needing: [])
        let plan = try ResourcePlan(LinuxConfig(resources: Resources(memory: MemoryResources(limit: 1 << 20))))
        let failure = #expect(throws: Failure.self) { try cgroup.write(plan.files) }
        #expect(failure?.action == "memory.max can't be set: controller \"memory\" not available")
        #expect(failure?.pointer == "/linux/resources/memory/limit")
        #expect(failure?.hint == "/sys/fs/cgroup\(top) has processes of its own and so cannot pass it on")
        let unknown = try ResourcePlan(LinuxConfig(resources: Resources(unified: ["foo.bar": "1"])))
        let unified = #expect(throws: Failure.self) { try cgroup.write(unknown.files) }
        #expect(unified?.action == "unified resource \"foo.bar\" can't be set: controller \"foo\" not available")
        #expect(unified?.hint?.hasPrefix("the kernel does not offer it in /sys/fs/cgroup") == true)
        #expect(unified?.line.contains("no such file") == false)
        let bogus = try ResourcePlan(LinuxConfig(resources: Resources(unified: ["cgroup.bogus": "1"])))
        let file = #expect(throws: Failure.self) { try cgroup.write(bogus.files) }
        #expect(
            file?.action
                == "unified resource \"cgroup.bogus\" can't be set: the kernel has no such file in /sys/fs/cgroup\(top)/one"
        )
    }

    @Test("if a parent does not pass a controller on, the failure says who can grant it")
    func notPassedOn() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        try Cgroup.write(
            "-pids", to: "cgroup.subtree_control", of: Linux.open("/sys/fs/cgroup\(top)", [.path, .directory]))
        let plan = try ResourcePlan(LinuxConfig(resources: Resources(pids: PidsResources(limit: 1))))
        let failure = #expect(throws: Failure.self) { try cgroup.write(plan.files) }
        #expect(
            failure?.hint?.hasPrefix("uid 0 can grant it: echo +pids > /sys/fs/cgroup\(top)/cgroup.subtree_control")
                == true)
        // The next container repairs it.
        _ = try make("/two", Resources(pids: PidsResources(limit: 1)))
        #expect(try value("/two/pids.max") == "1")
    }

    @Test("a cgroup with processes, in it or below it, is refused; an empty one is used, and undo does not remove it")
    func inUse() throws {
        defer { cleanUp() }
        let child = try make("/one/child")
        let process = try ShellProcess()
        try child.add(process: process.pid)
        let failure = #expect(throws: Failure.self) { _ = try Cgroup.make(try path("/one"), needing: []) }
        #expect(failure?.action == "container's cgroup is not empty: 1 process(es) found")
        process.end()
        try child.wait("populated", toBe: 0, within: 5000)
        let again = try Cgroup.make(try path("/one"), needing: [])
        let isNew = again.isNew
        #expect(!isNew)
        again.undo()
        #expect(exists("/one"))
    }

    @Test("a frozen cgroup is refused, and so is one below a frozen parent, which would stop init")
    func frozen() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        try cgroup.freeze()
        #expect(try Cgroup.isFrozen(at: "\(top)/one"))
        for text in ["/one", "/one/two"] {
            let failure = #expect(throws: Failure.self) { _ = try Cgroup.make(try path(text), needing: []) }
            #expect(failure?.action == "container's cgroup unexpectedly frozen")
        }
        #expect(!exists("/one/two"))
        try cgroup.thaw()
        #expect(try !Cgroup.isFrozen(at: "\(top)/one"))
        #expect(try !Cgroup.isFrozen(at: "\(top)/gone"))
    }

    @Test("freezing stops processes, thawing lets them go on, killing ends frozen ones")
    func freezeAndKill() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        let counter = try ShellProcess(command: "while :; do echo; done > /dev/null")
        try cgroup.add(process: counter.pid)
        try cgroup.freeze()
        #expect(try Cgroup.isFrozen(at: "\(top)/one"))
        #expect(try value("/one/cgroup.procs") == "\(counter.pid)")
        let before = counter.ticks
        usleep(200_000)
        #expect(counter.ticks == before)
        try cgroup.thaw()
        let goesOn = eventually(within: 20) { counter.ticks != before }
        #expect(goesOn)
        try cgroup.freeze()
        try cgroup.kill()
        #expect(counter.hasEnded())
    }

    @Test("a clone is born in the cgroup by the O_PATH descriptor")
    func birth() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        switch try Linux.clone([], into: cgroup.directory.number) {
        case .child:
            while true { pause() }
        case .parent(let pid, let pidfd):
            let pids = try cgroup.processes()
            #expect(pids == [pid])
            #expect(try String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8) == "0::\(top)/one\n")
            let early = Date()
            let failure = #expect(throws: Failure.self) { try Cgroup.remove(at: "\(top)/one", within: 300) }
            #expect(Date().timeIntervalSince(early) < 20)
            #expect(failure?.errno == .EBUSY && failure?.hint == "still in it: process \(pid)")
            try cgroup.kill()
            // Removing waits for the process without polling: it ends as soon as the process has ended.
            _ = try pidfd.wait()
            try Cgroup.remove(at: "\(top)/one")
            #expect(!exists("/one"))
        }
    }

    @Test("a tree of any depth, with names that are not UTF-8, is removed when its processes have ended")
    func tree() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        let process = try ShellProcess()
        try chdir("/sys/fs/cgroup\(top)/one")
        for depth in 0..<60 {
            for side in 0..<3 { mkdir("s\(side)", 0o755) }
            mkdir("\u{e9}", 0o755)
            var name: [CChar] = [-1, -2, 0x30, 0]
            mkdir(&name, 0o755)
            mkdir("d", 0o755)
            if depth == 59 { try String(process.pid).write(toFile: "cgroup.procs", atomically: false, encoding: .utf8) }
            try chdir("d")
        }
        try chdir("/")
        let pids = try cgroup.processes()
        #expect(pids == [process.pid])
        try cgroup.kill()
        try Cgroup.remove(at: "\(top)/one")
        #expect(!exists("/one") && process.hasEnded())
    }

    @Test("the kernel's verifier accepts the program, and the kernel calls it")
    func devices() throws {
        defer { cleanUp() }
        let rules = [
            DeviceRule(allow: false, access: "rwm"),
            DeviceRule(allow: true, type: "c", major: 1, minor: 11, access: "r"),
        ]
        let cgroup = try make("/one", Resources(devices: rules))
        func can(_ command: String) throws -> Bool {
            let shell = try ShellProcess(command: "echo $$ > /sys/fs/cgroup\(top)/one/cgroup.procs && \(command)")
            return shell.wait() == 0
        }
        let disk = try #require(Machine.disk)
        #expect(try can("echo > /dev/null"))
        #expect(try can(": < /dev/kmsg"))
        #expect(try !can(": > /dev/kmsg"))
        #expect(try !can(": <> /dev/kmsg"))
        #expect(try !can(": < \(disk.path)"))
        #expect(try can("mknod /tmp/apus-node b \(disk.major) \(disk.minor) && rm /tmp/apus-node"))

        // Other rules replace the only program, and remove the programs that others have attached.
        let first = try DeviceFilter.attached(to: cgroup.directory)
        #expect(first.count == 1)
        guard let again = try Cgroup.open(try path("/one")) else { throw Failure("the cgroup has gone") }
        for _ in 0..<70 { _ = try again.apply(DeviceRules(), isRestricted: false) }
        let second = try DeviceFilter.attached(to: cgroup.directory)
        #expect(second.count == 1 && second != first)
        #expect(try !can("echo > /dev/null"))
        for _ in 0..<3 { try DeviceFilter(DeviceProgram(DeviceRules()).instructions).attach(toNew: cgroup.directory) }
        #expect(try DeviceFilter.attached(to: cgroup.directory).count == 4)
        _ = try again.apply(DeviceRules(), isRestricted: false)
        #expect(try DeviceFilter.attached(to: cgroup.directory).count == 1)

        // Everything allowed: no program at all.
        var all = DeviceRules()
        try all.apply(DeviceRule(allow: true, access: "rwm"), at: "")
        _ = try again.apply(all, isRestricted: false)
        #expect(try DeviceFilter.attached(to: cgroup.directory) == [])
        #expect(try can(": < \(disk.path)"))
    }
}
