import Base
import Linux

/// Sets the processors of `process.execCPUAffinity` for `exec`: the runtime's own before the process is born in the
/// container's cgroup (`initial`), or those of the process after it is there (`final`).
struct SetAffinity: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "set-affinity" }

    /// As config.json lists them.
    var text: String
    private var mask: [UInt64]

    /// - Returns: nil for a malformed list.
    init?(_ text: String) {
        guard let list = NumberList(text) else { return nil }
        self.text = text
        mask = list.mask
    }

    var summary: String { "run on the processors \(text)" }

    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL if no processor of the list exists, or is in the cgroup.
    func perform() throws(Failure) {
        do throws(Failure) { try ThisProcess.schedSetaffinity(mask) } catch {
            throw error.hinting(error.errno == .EINVAL ? "none of \(text) is there, or in the container's cpuset" : nil)
        }
    }
}

/// Lets init run on every processor of its cgroup, even if the runtime's caller was pinned to a few.
struct ResetAffinity: InsideWork, ProcessWork {
    static var word: StaticString { "reset-affinity" }

    var summary: String { "allow every processor of the cgroup" }

    /// - Throws: ``Failure`` of `sched_setaffinity`, but not ENOSYS: if we do not have the call, our caller did not
    ///   use it to pin us.
    func perform() throws(Failure) {
        do throws(Failure) { try ThisProcess.allowAllProcessors() } catch  where error.errno == .ENOSYS {}
    }
}

/// A list of processors or memory nodes in the kernel's form (cpuset(7), "List format"): `0-3,7`.
struct NumberList: Equatable {
    /// The ranges in the order written. No range is empty; they may overlap.
    private(set) var ranges: [ClosedRange<Int>] = []

    /// The highest number that set_mempolicy(2) accepts, higher than any kernel counts.
    static let highest = 32767

    /// - Returns: nil for a malformed list, or if a number is above ``highest``.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let ends = part.split(
                separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard let first = Self.number(ends[0]), let last = Self.number(ends[ends.count - 1]), ends.count <= 2,
                first <= last
            else { return nil }
            ranges.append(first...last)
        }
    }

    /// The numbers as bits: bit N is number N.
    var mask: [UInt64] {
        var mask = [UInt64](repeating: 0, count: (ranges.map { $0.upperBound }.max() ?? 0) / 64 + 1)
        for number in ranges.joined() { mask[number / 64] |= 1 << UInt64(number % 64) }
        return mask
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard let first = digits.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9"),
            let number = Int(Substring(digits)), number <= highest
        else { return nil }
        return number
    }
}
