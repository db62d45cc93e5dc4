import Base
import OCI

/// The `memory` controller (kernel: Documentation/admin-guide/cgroup-v2.rst, "Memory").
///
/// All values are bytes. -1 means no limit, and callers written in Go send 0 for "not set". In config.json `swap` is
/// memory plus swap, as in cgroup v1; `memory.swap.max` is swap alone.
enum MemoryController {
    /// Makes the lines for `memory`. Swap is first: lowering the memory limit may need the new swap limit.
    ///
    /// - Parameter pointer: Where `memory` is in config.json.
    static func files(
        _ memory: MemoryResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        if let swap = try swapAlone(memory, at: pointer, refuse) {
            // Without swap accounting the file does not exist, and there is no swap to limit.
            let isFine = swap == "max" || swap == "0"
            files.append(
                CgroupWrite(
                    name: "memory.swap.max", value: swap,
                    pointer: "\(pointer)/\(memory.swap == nil ? "limit" : "swap")",
                    refusal: isFine ? .skipIfMissing : .fails))
        }
        if let limit = try bytes(memory.limit, at: "\(pointer)/limit", refuse) {
            files.append(CgroupWrite(name: "memory.max", value: limit, pointer: "\(pointer)/limit"))
        }
        if let reservation = try bytes(memory.reservation, at: "\(pointer)/reservation", refuse) {
            files.append(CgroupWrite(name: "memory.low", value: reservation, pointer: "\(pointer)/reservation"))
        }
        return files
    }

    /// With `checkBeforeUpdate`, lists the limits that must be above the current use. cgroup v1 refused a limit below
    /// it; v2 takes it and kills processes instead.
    static func checks(_ memory: MemoryResources, at pointer: String) -> [UsageCheck] {
        guard memory.checkBeforeUpdate == true else { return [] }
        var checks: [UsageCheck] = []
        if let swap = memory.swap, swap > 0 {
            checks.append(UsageCheck(what: "memory+swap limit", limit: UInt64(swap), pointer: "\(pointer)/swap"))
        }
        if let limit = memory.limit, limit > 0 {
            checks.append(UsageCheck(what: "memory limit", limit: UInt64(limit), pointer: "\(pointer)/limit"))
        }
        return checks
    }

    /// Warns about properties that cgroup v2 has no file for.
    static func warnings(
        _ memory: MemoryResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ResourceWarning] {
        let (killer, hierarchy) = ("\(pointer)/disableOOMKiller", "\(pointer)/useHierarchy")
        return [
            try LegacyProperty.warning(memory.kernel, at: "\(pointer)/kernel", neutral: 0, -1, refuse: refuse),
            try LegacyProperty.warning(memory.kernelTCP, at: "\(pointer)/kernelTCP", neutral: 0, -1, refuse: refuse),
            try LegacyProperty.warning(memory.swappiness, at: "\(pointer)/swappiness", neutral: 0, 60, refuse: refuse),
            // false is what cgroup v2 does, so there is nothing to warn about. Docker writes it in every config.
            memory.disableOOMKiller == false
                ? nil : try LegacyProperty.warning(memory.disableOOMKiller, at: killer, neutral: false, refuse: refuse),
            // true is what cgroup v2 does: it always counts a child's memory for its parents too. false was cgroup v1's
            // default.
            memory.useHierarchy == true
                ? nil : try LegacyProperty.warning(memory.useHierarchy, at: hierarchy, neutral: false, refuse: refuse),
        ].compactMap { $0 }
    }

    private static func bytes(_ value: Int64?, at pointer: String, _ refuse: Refuse) throws(Failure) -> String? {
        guard let value, value != 0 else { return nil }
        if value == -1 { return "max" }
        if value < 0 { try refuse(invalid(value, pointer)) }
        return "\(value)"
    }

    private static func invalid(_ value: Int64, _ pointer: String) -> Failure {
        Failure("invalid memory value: \(value)", pointer: pointer, code: .outOfRange)
    }

    /// - Returns: nil if the file is left alone, or the value was refused.
    private static func swapAlone(
        _ memory: MemoryResources, at pointer: String, _ refuse: Refuse
    ) throws(Failure) -> String? {
        let both = memory.swap ?? 0
        let limit = memory.limit ?? 0
        // If memory is unlimited and swap is not given, swap is unlimited too, as in cgroup v1.
        if both == 0 { return limit == -1 ? "max" : nil }
        if both == -1 { return "max" }
        let place = "\(pointer)/swap"
        guard both > 0 else {
            try refuse(Failure("invalid memory+swap value: \(both)", pointer: place, code: .outOfRange))
            return nil
        }
        if limit == -1 { return "\(both)" }
        guard limit != 0 else {
            try refuse(
                Failure("unable to set swap limit without memory limit", pointer: place, code: .missingCompanion))
            return nil
        }
        guard limit > 0 else {
            try refuse(invalid(limit, "\(pointer)/limit"))
            return nil
        }
        guard both >= limit else {
            try refuse(
                Failure(
                    "memory+swap limit should be >= memory limit", pointer: place,
                    hint: "swap counts memory and swap together", code: .conflict))
            return nil
        }
        return "\(both - limit)"
    }
}

/// A limit to refuse if the cgroup already uses as much (`memory.current`).
struct UsageCheck: Equatable, Sendable {
    /// What is limited, for the message: `memory limit`.
    var what: String
    /// In bytes.
    var limit: UInt64
    /// Where the limit is in config.json.
    var pointer: String

    /// - Parameter usage: The current use, in bytes.
    func verify(usage: UInt64) throws(Failure) {
        guard limit > usage else {
            throw Failure(
                "rejecting \(what) \(limit) <= usage \(usage)", pointer: pointer,
                hint: "checkBeforeUpdate is set; the processes would be killed")
        }
    }
}
