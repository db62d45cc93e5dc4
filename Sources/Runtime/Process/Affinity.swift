import Base
import Linux

/// A step of `exec`: `process.execCPUAffinity`: the runtime's own processors before the process is born in the container's
/// cgroup (`initial`), or those of the process once it is there (`final`).
struct SetAffinity: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "set-affinity" }

    /// As config.json lists them.
    var text: String
    private var mask: [UInt64]

    /// - Returns: nil for a list that is none.
    init?(_ text: String) {
        guard let list = NumberList(text) else { return nil }
        self.text = text
        mask = list.mask
    }

    var summary: String { "run on the processors \(text)" }

    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL where none of them is there, or in the cgroup.
    func perform() throws(Failure) {
        do throws(Failure) { try Scheduling.schedSetaffinity(mask) } catch {
            throw error.hinting(error.errno == .EINVAL ? "none of \(text) is there, or in the container's cpuset" : nil)
        }
    }
}

/// A step: init may run on every processor that its cgroup gives it, wherever the runtime's caller was pinned to.
struct ResetAffinity: InsideWork, ProcessWork {
    static var word: StaticString { "reset-affinity" }

    var summary: String { "allow every processor of the cgroup" }

    /// - Throws: ``Failure`` of `sched_setaffinity`, but where the call is hidden from us: then nobody pinned us by it.
    func perform() throws(Failure) {
        do throws(Failure) { try Scheduling.allowAllProcessors() } catch  where error.errno == .ENOSYS {}
    }
}

/// Numbers of processors or memory nodes as the kernel lists them (cpuset(7), "List format"): `0-3,7`.
struct NumberList: Equatable {
    /// In the order written; none of them is empty, and they may overlap.
    private(set) var ranges: [ClosedRange<Int>] = []

    /// More than any kernel counts to: what set_mempolicy(2) takes at most.
    static let highest = 32767

    /// - Returns: nil for a text that is no such list, or where a number is above ``highest``.
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

    /// Bit N is number N.
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
