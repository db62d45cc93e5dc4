import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The cpu and cpuset controllers")
struct CPUControllerTests {
    func lines(_ cpu: CPUResources) throws -> [String] { try CPUController.files(cpu, at: "/cpu").map(\.summary) }

    @Test(
        "shares become weights on the curve through 2 → 1, 1024 → 100, 262144 → 10000",
        arguments: [
            (1, 1), (2, 1), (3, 2), (10, 4), (100, 17), (128, 21), (256, 35), (512, 59), (1000, 99), (1024, 100),
            (2048, 174), (4096, 303), (8192, 532), (65536, 3023), (131_072, 5478), (262_143, 10000), (262_144, 10000),
            (.max, 10000),
        ] as [(UInt64, UInt64)])
    func weights(shares: UInt64, weight: UInt64) throws {
        #expect(CPUController.weight(shares: shares) == weight)
        #expect(try lines(CPUResources(shares: shares)) == ["cpu.weight = \(weight)"])
    }

    @Test("the curve never falls")
    func monotone() {
        let weights = stride(from: 2, through: 262_144, by: 97).map { CPUController.weight(shares: UInt64($0)) }
        #expect(zip(weights, weights.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test(
        "quota and period are one line; 0 is not set",
        arguments: [
            (CPUResources(), []),
            (CPUResources(shares: 0, quota: 0, period: 0), []),
            (CPUResources(quota: 50000), ["cpu.max = 50000 100000"]),
            (CPUResources(quota: 50000, period: 200_000), ["cpu.max = 50000 200000"]),
            (CPUResources(period: 200_000), ["cpu.max = max 200000"]),
            (CPUResources(quota: -1), ["cpu.max = max 100000"]),
            (CPUResources(quota: 0, period: 5000), ["cpu.max = max 5000"]),
            (CPUResources(quota: -1, period: 5000), ["cpu.max = max 5000"]),
        ] as [(CPUResources, [String])])
    func bandwidth(cpu: CPUResources, expected: [String]) throws {
        #expect(try lines(cpu) == expected)
    }

    @Test("burst comes before the quota, or after it if the kernel refuses that order")
    func burst() throws {
        #expect(
            try lines(CPUResources(quota: 50000, burst: 10000)) == [
                "cpu.max.burst = 10000, else after the next", "cpu.max = 50000 100000",
            ])
        #expect(try lines(CPUResources(burst: 10000)) == ["cpu.max.burst = 10000"])
        #expect(
            try lines(CPUResources(quota: 50000, burst: 0)) == [
                "cpu.max.burst = 0, else after the next", "cpu.max = 50000 100000",
            ])
        let failure = #expect(throws: Failure.self) { try lines(CPUResources(quota: 50000, burst: 50001)) }
        #expect(failure?.pointer == "/cpu/burst")
        #expect(try lines(CPUResources(quota: 50000, burst: 50000)).count == 2)
    }

    @Test("an idle cgroup has no weight; for another one idle is cleared first")
    func idle() throws {
        #expect(try lines(CPUResources(shares: 512, idle: 1)) == ["cpu.idle = 1"])
        #expect(
            try lines(CPUResources(shares: 512, idle: 0)) == ["cpu.idle = 0, if there is one", "cpu.weight = 59"])
        let warnings = try CPUController.warnings(CPUResources(shares: 512, idle: 1), at: "/cpu")
        #expect(warnings == [ResourceWarning(message: "shares have no effect with idle 1", pointer: "/cpu/shares")])
        #expect(throws: Failure.self) { try lines(CPUResources(idle: 2)) }
        #expect(throws: Failure.self) { try lines(CPUResources(idle: -1)) }
    }

    @Test("lists are passed to the kernel unchanged; empty ones are left out")
    func cpuset() {
        let files = CpusetController.files(CPUResources(cpus: "0-3,7", mems: "0"), at: "/cpu")
        #expect(files.map(\.summary) == ["cpuset.cpus = 0-3,7", "cpuset.mems = 0"])
        #expect(files.map(\.pointer) == ["/cpu/cpus", "/cpu/mems"])
        #expect(CpusetController.files(CPUResources(cpus: "", mems: ""), at: "/cpu") == [])
    }

    @Test(
        "real-time scheduling exists only in cgroup v1",
        arguments: [
            (CPUResources(realtimeRuntime: 0), CPUResources(realtimeRuntime: 950_000), "realtimeRuntime"),
            (CPUResources(realtimeRuntime: -1), CPUResources(realtimeRuntime: 1), "realtimeRuntime"),
            (CPUResources(realtimePeriod: 1_000_000), CPUResources(realtimePeriod: 500_000), "realtimePeriod"),
        ])
    func realtime(neutral: CPUResources, other: CPUResources, name: String) throws {
        #expect(try CPUController.warnings(neutral, at: "/cpu").map(\.pointer) == ["/cpu/\(name)"])
        let failure = #expect(throws: Failure.self) { try CPUController.warnings(other, at: "/cpu") }
        #expect(failure?.pointer == "/cpu/\(name)")
    }
}
