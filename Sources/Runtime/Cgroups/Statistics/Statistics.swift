import OCI

/// What a container uses, as `events` tells it: the properties are those of cgroup v1, which readers know, filled from the
/// files of cgroup v2 as runc does. What cgroup v2 does not have is 0 or absent.
public struct Statistics: Equatable, Sendable {
    var cpu = CPUStatistics()
    var memory = MemoryStatistics()
    var pids = PidsStatistics()
    var io = IOStatistics()
    /// By the size of a page: `2MB`.
    var hugetlb: Entries<HugetlbStatistics> = [:]
}

extension Statistics: JSONWritable {
    /// Writes all sections, also those that nothing is known of.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("cpu", cpu)
            json.member("cpuset", Cpuset())
            json.member("memory", memory)
            json.member("pids", pids)
            json.member("blkio", io)
            json.member("hugetlb", hugetlb)
            json.member("intel_rdt", [:] as Entries<UInt64>)
            json.member("network_interfaces", Null())
        }
    }

    /// Go's nil slice.
    private struct Null: JSONWritable {
        func write(to json: inout JSONWriter) { json.literal("null") }
    }

    /// The switches of cgroup v1's cpuset, none of which cgroup v2 has.
    private struct Cpuset: JSONWritable {
        func write(to json: inout JSONWriter) {
            json.object { json in
                for name in [
                    "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
                    "memory_spread_slab", "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
                ] { json.member(name, 0) }
            }
        }
    }
}

extension UInt64 {
    /// nil for 0, which readers written in Go take an absent property for.
    var unlessZero: UInt64? { self == 0 ? nil : self }
}

/// The lines of a file of cgroup v2 such as `cpu.stat` or `io.stat`.
enum StatisticsText {
    /// The words of each line.
    static func lines(_ text: String) -> [[Substring]] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
        }
    }

    /// The number of a file that holds one; `max` is the largest that there is.
    static func number(_ text: String) -> UInt64? {
        guard let word = lines(text).first?.first else { return nil }
        return word == "max" ? .max : UInt64(word)
    }

    /// Lines of a name and a number.
    static func entries(_ text: String) -> [(name: String, number: UInt64)] {
        lines(text).compactMap { words in
            guard words.count == 2, let number = UInt64(words[1]) else { return nil }
            return (String(words[0]), number)
        }
    }
}
