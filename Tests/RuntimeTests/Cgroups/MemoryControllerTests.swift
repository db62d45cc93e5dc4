import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The memory controller")
struct MemoryControllerTests {
    func lines(_ memory: MemoryResources) throws -> [String] {
        try MemoryController.files(memory, at: "/memory").map(\.summary)
    }

    @Test(
        "limits become lines, swap first; swap alone is the difference of the two values",
        arguments: [
            (MemoryResources(), []),
            (MemoryResources(limit: 0, reservation: 0, swap: 0), []),
            (MemoryResources(limit: 1000), ["memory.max = 1000"]),
            // Unlimited memory removes the limit of swap too, as in cgroup v1.
            (MemoryResources(limit: -1), ["memory.swap.max = max, if there is one", "memory.max = max"]),
            (MemoryResources(limit: -1, swap: 0), ["memory.swap.max = max, if there is one", "memory.max = max"]),
            (MemoryResources(limit: -1, swap: 5000), ["memory.swap.max = 5000", "memory.max = max"]),
            (MemoryResources(limit: 1000, swap: 0), ["memory.max = 1000"]),
            (MemoryResources(limit: 1000, swap: -1), ["memory.swap.max = max, if there is one", "memory.max = 1000"]),
            (MemoryResources(limit: 1000, swap: 3000), ["memory.swap.max = 2000", "memory.max = 1000"]),
            // A caller asks for "no swap" by the same value for both.
            (MemoryResources(limit: 1000, swap: 1000), ["memory.swap.max = 0, if there is one", "memory.max = 1000"]),
            (MemoryResources(swap: -1), ["memory.swap.max = max, if there is one"]),
            (MemoryResources(reservation: 500), ["memory.low = 500"]),
            (MemoryResources(reservation: -1), ["memory.low = max"]),
        ] as [(MemoryResources, [String])])
    func limits(memory: MemoryResources, expected: [String]) throws {
        #expect(try lines(memory) == expected)
    }

    @Test(
        "impossible limits are refused, in runc's words",
        arguments: [
            (MemoryResources(swap: 1000), "unable to set swap limit without memory limit", "/memory/swap"),
            (MemoryResources(limit: 1001, swap: 1000), "memory+swap limit should be >= memory limit", "/memory/swap"),
            (MemoryResources(limit: -2), "invalid memory value: -2", "/memory/limit"),
            (MemoryResources(limit: -2, swap: 9), "invalid memory value: -2", "/memory/limit"),
            (MemoryResources(limit: 1, swap: -2), "invalid memory+swap value: -2", "/memory/swap"),
            (MemoryResources(reservation: -2), "invalid memory value: -2", "/memory/reservation"),
        ])
    func refused(memory: MemoryResources, action: String, pointer: String) {
        let failure = #expect(throws: Failure.self) { try lines(memory) }
        #expect(failure?.action == action)
        #expect(failure?.pointer == pointer)
    }

    @Test("every line knows its place in config.json")
    func pointers() throws {
        let memory = MemoryResources(limit: 1000, reservation: 500, swap: 1000)
        let files = try MemoryController.files(memory, at: "/linux/resources/memory")
        #expect(files.map(\.name) == ["memory.swap.max", "memory.max", "memory.low"])
        #expect(
            files.map(\.pointer) == [
                "/linux/resources/memory/swap", "/linux/resources/memory/limit", "/linux/resources/memory/reservation",
            ])
    }

    @Test("checkBeforeUpdate refuses a limit at or below the current use, in runc's words")
    func checks() throws {
        #expect(MemoryController.checks(MemoryResources(limit: 1000, swap: 2000), at: "/memory") == [])
        let memory = MemoryResources(limit: 1000, swap: 2000, checkBeforeUpdate: true)
        let checks = MemoryController.checks(memory, at: "/memory")
        #expect(checks.map(\.limit) == [2000, 1000])
        for check in checks { try check.verify(usage: 999) }
        let limit = #expect(throws: Failure.self) { try checks[1].verify(usage: 1000) }
        #expect(limit?.action == "rejecting memory limit 1000 <= usage 1000")
        #expect(limit?.pointer == "/memory/limit")
        let both = #expect(throws: Failure.self) { try checks[0].verify(usage: 2001) }
        #expect(both?.action == "rejecting memory+swap limit 2000 <= usage 2001")
        // An unlimited value is never too small.
        let unlimited = MemoryResources(limit: -1, swap: -1, checkBeforeUpdate: true)
        #expect(MemoryController.checks(unlimited, at: "/memory") == [])
    }

    @Test(
        "properties of cgroup v1: a value that cgroup v2 implements anyway is a warning, any other an error",
        arguments: [
            (MemoryResources(kernel: -1), MemoryResources(kernel: 1000), "kernel"),
            (MemoryResources(kernel: 0), MemoryResources(kernel: -2), "kernel"),
            (MemoryResources(kernelTCP: -1), MemoryResources(kernelTCP: 1), "kernelTCP"),
            (MemoryResources(swappiness: 0), MemoryResources(swappiness: 10), "swappiness"),
            (MemoryResources(swappiness: 60), MemoryResources(swappiness: .max), "swappiness"),
        ])
    func legacy(neutral: MemoryResources, other: MemoryResources, name: String) throws {
        let warnings = try MemoryController.warnings(neutral, at: "/memory")
        #expect(warnings.map(\.pointer) == ["/memory/\(name)"])
        #expect(warnings.first?.message == "\(name) is of cgroup v1 only and has no effect")
        let failure = #expect(throws: Failure.self) { try MemoryController.warnings(other, at: "/memory") }
        #expect(failure?.pointer == "/memory/\(name)")
        #expect(failure?.action.hasPrefix("cgroup v2 has nothing like \(name): cannot set it to ") == true)
    }

    @Test("a request that cgroup v2 always satisfies gives no warning, and its opposite is refused")
    func satisfied() throws {
        #expect(try MemoryController.warnings(MemoryResources(disableOOMKiller: false), at: "/memory") == [])
        let failure = #expect(throws: Failure.self) {
            try MemoryController.warnings(MemoryResources(disableOOMKiller: true), at: "/memory")
        }
        #expect(failure?.pointer == "/memory/disableOOMKiller")
    }

    @Test("children always count in their parent, so useHierarchy never stops anything")
    func hierarchy() throws {
        #expect(try MemoryController.warnings(MemoryResources(useHierarchy: true), at: "") == [])
        #expect(try MemoryController.warnings(MemoryResources(useHierarchy: false), at: "").count == 1)
        #expect(try MemoryController.warnings(MemoryResources(limit: 1), at: "") == [])
    }
}
