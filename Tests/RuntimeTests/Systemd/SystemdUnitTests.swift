import Base
import Linux
import OCI
import Testing

@testable import Runtime

@Suite("The unit of a container")
struct SystemdUnitTests {
    @Test(
        "slice:prefix:name, as runc reads it",
        arguments: [
            ("system.slice:docker:1234", "docker-1234.scope", "/system.slice/docker-1234.scope"),
            (":runc:x", "runc-x.scope", "/system.slice/runc-x.scope"),
            ("machine.slice:libpod:abc", "libpod-abc.scope", "/machine.slice/libpod-abc.scope"),
            (
                "kubepods-burstable-pod1.slice:cri-containerd:c", "cri-containerd-c.scope",
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-c.scope"
            ),
            ("a-b.slice::pod.slice", "pod.slice", "/a.slice/a-b.slice/pod.slice"),
            ("-.slice:p:n", "p-n.scope", "/p-n.scope"), ("-:p:n", "p-n.scope", "/p-n.scope"),
            ("x.slice::n", "n.scope", "/x.slice/n.scope"), (nil, "apus-one.scope", "/system.slice/apus-one.scope"),
            ("", "apus-one.scope", "/system.slice/apus-one.scope"),
        ] as [(String?, String, String)])
    func units(cgroupsPath: String?, name: String, path: String) throws {
        let unit = try SystemdUnit(cgroupsPath, id: "one", isUser: false)
        #expect(unit.name == name)
        #expect(CgroupPath(of: unit, below: "").text == path)
        let user = "/user.slice/user-1000.slice/user@1000.service"
        let text = CgroupPath(of: try SystemdUnit(cgroupsPath, id: "one", isUser: true), below: user).text
        #expect(text.hasPrefix(user + "/") && text.hasSuffix(name))
    }

    @Test(
        "what names no unit is refused",
        arguments: [
            "/abs/path", "one", "a:b", "a:b:c:d", "sys:p:n", "a/b.slice:p:n", ".slice:p:n", "--x.slice:p:n",
            "a--b.slice:p:n", "a-.slice:p:n", "system.slice:p:", "system.slice:p:a/b", "system.slice::..",
            "system.slice:p:a b", "..slice:p:n", "system.slice:p:a\u{0}",
        ])
    func refused(cgroupsPath: String) {
        let failure = #expect(throws: Failure.self) { try SystemdUnit(cgroupsPath, id: "one", isUser: false) }
        #expect(failure?.pointer == "/linux/cgroupsPath")
    }

    @Test(
        "each line that systemd has a property for becomes one",
        arguments: [
            ("memory.max", "1000", "MemoryMax=1000"), ("memory.max", "max", "MemoryMax=infinity"),
            ("memory.low", "5", "MemoryLow=5"), ("memory.swap.max", "0", "MemorySwapMax=0"),
            ("pids.max", "10", "TasksMax=10"), ("cpu.weight", "59", "CPUWeight=59"),
            ("cpu.idle", "1", "CPUWeight=0"), ("cpu.idle", "0", ""),
            ("cpu.max", "50000 100000", "CPUQuotaPerSecUSec=500000 CPUQuotaPeriodUSec=100000"),
            ("cpu.max", "max 50000", "CPUQuotaPerSecUSec=infinity CPUQuotaPeriodUSec=50000"),
            ("cpu.max", "25501 100000", "CPUQuotaPerSecUSec=260000 CPUQuotaPeriodUSec=100000"),
            ("cpuset.cpus", "0-2,9", "AllowedCPUs=7 2"), ("cpuset.mems", "0", "AllowedMemoryNodes=1"),
            ("cpuset.cpus", "x", ""), ("io.weight", "default 200", "IOWeight=200"), ("io.weight", "8:0 200", ""),
            ("hugetlb.2MB.max", "4", ""), ("memory.oom.group", "1", "OOMPolicy=kill"),
        ])
    func limits(file: String, value: String, expected: String) {
        let limits = UnitLimits([CgroupWrite(name: file, value: value, pointer: "")], version: 255)
        #expect(limits.properties.map { $0.summary }.joined(separator: " ") == expected)
    }

    @Test("a quota is rounded up to what systemd can keep, in the file too; a property stands once")
    func rounded() {
        let lines = [
            CgroupWrite(name: "cpu.max", value: "25501 100000", pointer: ""),
            CgroupWrite(name: "pids.max", value: "5", pointer: ""),
            CgroupWrite(name: "pids.max", value: "6", pointer: ""),
        ]
        let limits = UnitLimits(lines, version: 252)
        #expect(limits.files.map { $0.value } == ["26000 100000", "5", "6"])
        #expect(limits.properties.filter { $0.name == "TasksMax" }.map { $0.value } == [.uint64(6)])
    }

    @Test("an older systemd is not told of properties that it does not know")
    func versions() {
        let lines = [("cpuset.cpus", "0"), ("cpu.idle", "1"), ("memory.oom.group", "1"), ("pids.max", "1")].map {
            CgroupWrite(name: $0.0, value: $0.1, pointer: "")
        }
        #expect(UnitLimits(lines, version: 240).properties.map { $0.name } == ["TasksMax"])
        #expect(SystemdFacts.number("252.39-1~deb12u1") == 252 && SystemdFacts.number("v245") == 245)
        #expect(SystemdFacts.number("") == 0)
    }

    @Test(
        "annotations: the text form of GVariant",
        arguments: [
            ("TasksMax", "uint64 5", UnitProperty("TasksMax", .uint64(5))),
            ("CPUWeight", "uint64 0x10", UnitProperty("CPUWeight", .uint64(16))),
            ("CollectMode", "'inactive-or-failed'", UnitProperty("CollectMode", .string("inactive-or-failed"))),
            (
                "Documentation", "['a', \"b\"]",
                UnitProperty("Documentation", .array(of: "s", [.string("a"), .string("b")]))
            ),
            ("After", "@as []", UnitProperty("After", .array(of: "s", []))),
            ("SendSIGHUP", "true", UnitProperty("SendSIGHUP", .boolean(true))),
            ("KillSignal", "int32 15", UnitProperty("KillSignal", .int32(15))),
            ("Nice", " -5 ", UnitProperty("Nice", .int32(-5))),
            ("TimeoutStopSec", "30", UnitProperty("TimeoutStopUSec", .uint64(30_000_000))),
            ("TimeoutStopSec", "1.5", UnitProperty("TimeoutStopUSec", .uint64(1_500_000))),
            ("TimeoutStopUSec", "uint64 9", UnitProperty("TimeoutStopUSec", .uint64(9))),
            ("Description", "'it\\'s'", UnitProperty("Description", .string("it's"))),
        ] as [(String, String, UnitProperty)])
    func annotations(name: String, text: String, expected: UnitProperty) throws {
        let found = try UnitAnnotations.properties(["org.systemd.property.\(name)": text, "other": "x"], throwing)
        #expect(found == [expected])
    }

    @Test(
        "annotations that are no property are refused, with their place",
        arguments: [
            ("ab", "1"), ("A1b", "1"), ("Name", "text"), ("Name", "'open"), ("Name", "[1, 'a']"), ("Name", "uint64 -1"),
            ("Name", ""), ("Name", "1 2"), ("StopSec", "'x'"), ("Name", "byte 300"), ("Name", "[1"),
        ])
    func refusedAnnotations(name: String, text: String) {
        let failure = #expect(throws: Failure.self) {
            try UnitAnnotations.properties(["org.systemd.property.\(name)": text], throwing)
        }
        #expect(failure?.pointer == "/annotations/org.systemd.property.\(name)")
    }
}
