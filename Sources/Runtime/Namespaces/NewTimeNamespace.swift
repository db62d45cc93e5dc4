import Base
import Linux
import OCI

/// One entry of `linux.timeOffsets`: what a clock shows in the container beyond what it shows on the host.
struct ClockOffset: Equatable {
    /// `monotonic` or `boottime`, the words of /proc/PID/timens_offsets.
    var clock: String
    var seconds: Int64
    /// Added to the seconds, also where those are below 0; less than a second.
    var nanoseconds: UInt32

    var pointer: String { "/linux/timeOffsets/\(clock)" }

    /// All of `linux.timeOffsets` (time_namespaces(7)).
    ///
    /// - Parameter isNew: Whether the container has a new time namespace: another one's clocks are set already.
    /// - Throws: ``Failure`` for a clock that has no offset, and for offsets without a new time namespace.
    static func list(
        _ offsets: Entries<TimeOffset>?, isNew: Bool, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ClockOffset] {
        guard let offsets, !offsets.isEmpty else { return [] }
        if !isNew {
            try refuse(
                Failure(
                    "time offsets need a new time namespace", pointer: "/linux/timeOffsets",
                    hint: "add {\"type\": \"time\"} to linux.namespaces", code: .missingNamespace))
        }
        var list: [ClockOffset] = []
        for entry in offsets {
            let pointer = "/linux/timeOffsets/\(JSONPointer.token(entry.key))"
            guard entry.key == "monotonic" || entry.key == "boottime" else {
                try refuse(
                    Failure(
                        "the clock \(quoted(entry.key)) has no offset", pointer: pointer,
                        hint: "one of monotonic, boottime", code: .unknownValue))
                continue
            }
            let nanoseconds = entry.value.nanosecs ?? 0
            if nanoseconds >= 1_000_000_000 {
                try refuse(
                    Failure(
                        "\(nanoseconds) nanoseconds are a second or more", pointer: "\(pointer)/nanosecs",
                        code: .outOfRange))
            }
            list.append(ClockOffset(clock: entry.key, seconds: entry.value.secs ?? 0, nanoseconds: nanoseconds))
        }
        return list
    }
}

/// A step: make a time namespace for init to be born in, and set its clocks; the host goes back afterwards.
///
/// The kernel takes offsets only while nobody is in the namespace (time_namespaces(7)): unshare(2) gives it to our next
/// child and leaves our own clocks alone, while a clone into a new one would come too late to set them.
struct NewTimeNamespace: HostWork {
    static var word: StaticString { "new-time-namespace" }

    var offsets: [ClockOffset]

    var summary: String {
        var text = "make a time namespace"
        for (index, offset) in offsets.enumerated() {
            let digits = "\(offset.nanoseconds)"
            let fraction = String(repeating: "0", count: 9 - digits.utf8.count) + digits
            text += "\(index == 0 ? ":" : ",") \(offset.clock) \(offset.seconds) s + 0.\(fraction) s"
        }
        return text
    }

    /// - Throws: ``Failure`` of `unshare`: EINVAL for a kernel without time namespaces; of `write`: ERANGE for an offset
    ///   that makes the clock negative, or nearly as large as it can be.
    func perform(_ session: inout HostSide) throws(Failure) {
        session.descriptors.put(try session.proc.follow("self/ns/time", .readOnly), at: .own(.time))
        try unshare(.time)
        for offset in offsets {
            do throws(Failure) {
                try session.proc.write(
                    "\(offset.clock) \(offset.seconds) \(offset.nanoseconds)\n", to: "self/timens_offsets")
            } catch {
                throw error.at(offset.pointer)
            }
        }
    }
}
