import Base
import Linux

/// A property of a unit, as systemd's D-Bus interface knows it (org.freedesktop.systemd1(5)).
struct UnitProperty: Equatable, Sendable {
    let name: String
    let value: BusValue

    init(_ name: String, _ value: BusValue) {
        self.name = name
        self.value = value
    }

    /// As a call takes it: `(sv)`.
    var argument: BusValue { .structure([.string(name), .variant(value)]) }

    /// Several, as a call takes them.
    static func argument(_ properties: [UnitProperty]) -> BusValue {
        .array(of: "(sv)", properties.map { $0.argument })
    }

    /// `TasksMax=100`
    var summary: String { "\(name)=\(value.summary)" }
}

extension BusValue {
    /// The value for people: without its type.
    var summary: String {
        switch self {
        case .byte(let number): "\(number)"
        case .boolean(let flag): flag ? "yes" : "no"
        case .int16(let number): "\(number)"
        case .uint16(let number): "\(number)"
        case .int32(let number): "\(number)"
        case .uint32(let number): "\(number)"
        case .int64(let number): "\(number)"
        case .uint64(let number): number == .max ? "infinity" : "\(number)"
        case .double(let number): "\(Int64(number))"
        case .string(let text), .path(let text), .signature(let text): text
        case .array(_, let values), .structure(let values): values.map { $0.summary }.joined(separator: " ")
        case .variant(let value): value.summary
        }
    }
}

/// The limits of the container as properties of its unit.
///
/// systemd writes the files of a cgroup itself, at each change of the unit and at each `systemctl daemon-reload`, and
/// would take limits away that it does not know of. So each line for a file that systemd has a property for becomes one.
/// The lines are written too: they hold the moment that they are written, and not all have a property.
struct UnitLimits: Equatable {
    /// In the order of the lines; of several lines for one property, the last one counts.
    private(set) var properties: [UnitProperty] = []
    /// The lines to write.
    private(set) var files: [CgroupWrite] = []

    /// - Parameter version: systemd's version: an older one does not know all properties.
    init(_ files: [CgroupWrite], version: Int) {
        for file in files {
            var file = file
            if file.name == "cpu.max" { file.value = Self.rounded(file.value) }
            self.files.append(file)
            for property in Self.properties(file.name, file.value, version) { set(property) }
            if case .ifMissingWrite(let name, let value) = file.refusal {
                for property in Self.properties(name, value, version) { set(property) }
            }
        }
    }

    private mutating func set(_ property: UnitProperty) {
        properties.removeAll { $0.name == property.name }
        properties.append(property)
    }

    private static func properties(_ name: String, _ value: String, _ version: Int) -> [UnitProperty] {
        switch name {
        case "memory.max": number("MemoryMax", value)
        case "memory.high": number("MemoryHigh", value)
        case "memory.low": number("MemoryLow", value)
        case "memory.min": number("MemoryMin", value)
        case "memory.swap.max": number("MemorySwapMax", value)
        case "memory.zswap.max": version >= 253 ? number("MemoryZSwapMax", value) : []
        // Only when the unit starts; `update` does not set it.
        case "memory.oom.group":
            version >= 253 ? [UnitProperty("OOMPolicy", .string(value == "1" ? "kill" : "continue"))] : []
        case "pids.max": number("TasksMax", value)
        case "cpu.weight": number("CPUWeight", value)
        // For systemd, idle is the weight 0.
        case "cpu.idle": version >= 252 && value == "1" ? [UnitProperty("CPUWeight", .uint64(0))] : []
        case "cpu.max": bandwidth(value, version)
        case "cpuset.cpus": version >= 244 ? set("AllowedCPUs", value) : []
        case "cpuset.mems": version >= 244 ? set("AllowedMemoryNodes", value) : []
        case "io.weight": number("IOWeight", value)
        default: []
        }
    }

    /// A number, or `max`. A line of another form, such as the weight of one device, has no property.
    private static func number(_ name: String, _ value: String) -> [UnitProperty] {
        if value == "max" { return [UnitProperty(name, .uint64(.max))] }
        let digits = value.utf8.starts(with: "default ".utf8) ? value.utf8.dropFirst(8) : value.utf8[...]
        guard let number = UInt64(String(Substring(digits))) else { return [] }
        return [UnitProperty(name, .uint64(number))]
    }

    /// `QUOTA PERIOD`: systemd keeps the quota as microseconds in each second.
    private static func bandwidth(_ value: String, _ version: Int) -> [UnitProperty] {
        let (quota, period) = parts(value)
        guard period > 0 else { return [] }
        let perSecond = quota.map { $0 * 1_000_000 / period } ?? .max
        return [UnitProperty("CPUQuotaPerSecUSec", .uint64(perSecond))]
            + (version >= 242 ? [UnitProperty("CPUQuotaPeriodUSec", .uint64(period))] : [])
    }

    /// Rounds the quota up to whole hundredths of a CPU: systemd's files for transient units keep no more, so that at
    /// the next `systemctl daemon-reload` it would write another one.
    private static func rounded(_ value: String) -> String {
        let (quota, period) = parts(value)
        // What the kernel refuses, it shall refuse.
        guard let quota, quota >= 1000, quota < 1 << 40, period > 0, period <= 1_000_000 else { return value }
        let perSecond = (quota * 1_000_000 / period + 9999) / 10000 * 10000
        return "\((perSecond * period + 999_999) / 1_000_000) \(period)"
    }

    private static func parts(_ value: String) -> (quota: UInt64?, period: UInt64) {
        let words = value.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
        return (UInt64(words.first ?? ""), words.count == 2 ? UInt64(words[1]) ?? 0 : 100_000)
    }

    /// A list such as `0-2,5`, as the bits of a text of bytes, the lowest first.
    private static func set(_ name: String, _ value: String) -> [UnitProperty] {
        var bytes: [UInt8] = []
        for range in value.utf8.split(separator: UInt8(ascii: ",")) {
            let ends = range.split(separator: UInt8(ascii: "-")).map { Int(String(Substring($0))) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, last < 8192 else {
                return []
            }
            for number in first...last {
                while bytes.count <= number / 8 { bytes.append(0) }
                bytes[number / 8] |= 1 << UInt8(number % 8)
            }
        }
        return [UnitProperty(name, .array(of: "y", bytes.map { .byte($0) }))]
    }
}
