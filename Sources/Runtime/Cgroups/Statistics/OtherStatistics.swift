import OCI

/// Tasks (`pids.current`, `pids.max`).
struct PidsStatistics: Equatable, Sendable {
    var current: UInt64 = 0
    /// The limit; 0 if there is no limit.
    var limit: UInt64 = 0
}

extension PidsStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("current", current.unlessZero)
            json.member("limit", limit.unlessZero)
        }
    }
}

/// Huge pages of one size, in bytes.
struct HugetlbStatistics: Equatable, Sendable {
    var usage: UInt64 = 0
    /// How often the limit was hit (`max` in `hugetlb.SIZE.events`).
    var failures: UInt64 = 0
}

extension HugetlbStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("usage", usage.unlessZero)
            json.member("failcnt", failures)
        }
    }
}

/// Block devices (`io.stat`): bytes and operations, for reads and writes. cgroup v2 does not have cgroup v1's other
/// counts.
struct IOStatistics: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var major: UInt64
        var minor: UInt64
        /// `Read` or `Write`.
        var operation: String
        var value: UInt64
    }

    var bytes: [Entry] = []
    var operations: [Entry] = []
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: The text of `io.stat`: `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`.
    ///   - pressure: The text of `io.pressure`.
    init(stat: String, pressure: String?) {
        for line in StatisticsText.lines(stat) {
            let device = line.first?.split(separator: ":").compactMap { UInt64($0) } ?? []
            guard device.count == 2 else { continue }
            for word in line.dropFirst() {
                let pair = word.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, let value = UInt64(pair[1]) else { continue }
                let isRead = pair[0].first == "r"
                let entry = Entry(
                    major: device[0], minor: device[1], operation: isRead ? "Read" : "Write", value: value)
                switch pair[0] {
                case "rbytes", "wbytes": bytes.append(entry)
                case "rios", "wios": operations.append(entry)
                default: continue
                }
            }
        }
        self.pressure = pressure.flatMap(Pressure.init)
    }
}

extension IOStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ioServiceBytesRecursive", bytes.isEmpty ? nil : bytes)
            json.member("ioServicedRecursive", operations.isEmpty ? nil : operations)
            json.member("psi", pressure)
        }
    }
}

extension IOStatistics.Entry: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("major", major.unlessZero)
            json.member("minor", minor.unlessZero)
            json.member("op", operation)
            json.member("value", value.unlessZero)
        }
    }
}
