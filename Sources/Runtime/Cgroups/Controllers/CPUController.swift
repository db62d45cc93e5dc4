import Base
import CShim
import OCI

/// The `cpu` controller (kernel: Documentation/admin-guide/cgroup-v2.rst, "CPU"). Times are microseconds.
enum CPUController {
    /// Makes the lines for `cpu`, without `cpus` and `mems`, which belong to ``CpusetController``.
    ///
    /// - Parameter pointer: Where `cpu` is in config.json.
    static func files(
        _ cpu: CPUResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        if let idle = cpu.idle {
            if idle != 0, idle != 1 {
                try refuse(
                    Failure("cpu idle is 0 or 1, not \(idle)", pointer: "\(pointer)/idle", code: .outOfRange))
            }
            // cpu.idle is written before cpu.weight, which an idle cgroup refuses. Linux 5.14 has no cpu.idle.
            files.append(
                CgroupWrite(
                    name: "cpu.idle", value: "\(idle)", pointer: "\(pointer)/idle",
                    refusal: idle == 0 ? .skipIfMissing : .fails))
        }
        if let shares = cpu.shares, shares != 0, cpu.idle != 1 {
            files.append(
                CgroupWrite(name: "cpu.weight", value: "\(weight(shares: shares))", pointer: "\(pointer)/shares"))
        }
        return files + (try bandwidth(cpu, at: pointer, refuse))
    }

    /// Warns about properties that have no effect.
    static func warnings(
        _ cpu: CPUResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ResourceWarning] {
        let (runtime, period) = ("\(pointer)/realtimeRuntime", "\(pointer)/realtimePeriod")
        var warnings = [
            try LegacyProperty.warning(cpu.realtimeRuntime, at: runtime, neutral: 0, -1, refuse: refuse),
            // The kernel's default period is one second. Without a runtime, no period has an effect.
            try LegacyProperty.warning(cpu.realtimePeriod, at: period, neutral: 0, 1_000_000, refuse: refuse),
        ].compactMap { $0 }
        if cpu.idle == 1, let shares = cpu.shares, shares != 0 {
            warnings.append(
                ResourceWarning(message: "shares have no effect with idle 1", pointer: "\(pointer)/shares"))
        }
        return warnings
    }

    /// Converts cgroup v1's shares (2 to 262144, default 1024) to cgroup v2's weight (1 to 10000, default 100).
    ///
    /// The curve goes through both ends and through 1024 → 100. Before 2025, runc and crun used a straight line, which
    /// turned the default shares into a weight of 39.
    static func weight(shares: UInt64) -> UInt64 {
        if shares <= 2 { return 1 }
        if shares >= 262144 { return 10000 }
        let logarithm = log2(Double(shares))
        let exponent = (logarithm * logarithm + 125 * logarithm) / 612 - 7.0 / 34
        return UInt64(pow(10, exponent).rounded(.up))
    }

    private static func bandwidth(
        _ cpu: CPUResources, at pointer: String, _ refuse: Refuse
    ) throws(Failure) -> [CgroupWrite] {
        let quota = cpu.quota ?? 0
        let period = cpu.period ?? 0
        if let burst = cpu.burst, quota > 0, burst > UInt64(quota) {
            try refuse(
                Failure("cpu burst \(burst) is above quota \(quota)", pointer: "\(pointer)/burst", code: .conflict))
        }
        // The burst is first, since the kernel refuses a quota below the current burst. But the new burst may be too
        // large for the current quota; then it is written after the quota.
        var burst = cpu.burst.map { CgroupWrite(name: "cpu.max.burst", value: "\($0)", pointer: "\(pointer)/burst") }
        guard quota != 0 || period != 0 else { return [burst].compactMap { $0 } }
        burst?.refusal = .retryAfterNext
        let ordinaryPeriod: UInt64 = 100_000
        let bandwidth = CgroupWrite(
            name: "cpu.max", value: "\(quota > 0 ? "\(quota)" : "max") \(period == 0 ? ordinaryPeriod : period)",
            pointer: "\(pointer)/\(quota != 0 ? "quota" : "period")")
        return [burst, bandwidth].compactMap { $0 }
    }
}
