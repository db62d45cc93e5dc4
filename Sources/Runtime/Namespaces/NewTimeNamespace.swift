import Base
import Linux
import OCI

/// One entry of `linux.timeOffsets`: how far a clock in the container is ahead of the initial time namespace's.
struct ClockOffset: Equatable {
    /// `monotonic` or `boottime`, the words of /proc/PID/timens_offsets.
    var clock: String
    var seconds: Int64
    /// Added to the seconds, even if those are negative; less than a second.
    var nanoseconds: UInt32

    var pointer: String { "/linux/timeOffsets/\(clock)" }

    /// Returns all of `linux.timeOffsets` (time_namespaces(7)).
    ///
    /// - Parameter isNew: Whether the container has a new time namespace. The clocks of an existing one are already
    ///   set.
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

/// Makes a time namespace for init to be born in, and sets its clocks. The host goes back afterwards.
///
/// The kernel accepts offsets only while no process is in the namespace (time_namespaces(7)). unshare(2) gives the
/// namespace to our next child and leaves our own clocks alone, so there is time to set them. A clone into a new
/// namespace would leave none.
///
/// Without CAP_SYS_ADMIN the host may not do that. Then init does it in its own user namespace, and enters the namespace
/// itself, by setns(2).
struct NewTimeNamespace: HostWork, InsideWork {
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

    /// - Throws: ``Failure`` of `unshare`: EINVAL for a kernel without time namespaces; of `write`: ERANGE for an
    ///   offset that makes the clock negative, or more than half of the largest value (about 146 years).
    func perform(_ session: inout HostSide) throws(Failure) {
        session.descriptors.put(try session.proc.follow("self/ns/time", .readOnly), at: .own(.time))
        try make(session.proc)
    }

    func perform(_: inout InsideSide) throws(Failure) {
        let proc = try Proc.host()
        try make(proc)
        try proc.follow("self/ns/time_for_children", .readOnly).setns(.time, "the new time namespace")
    }

    private func make(_ proc: borrowing Proc) throws(Failure) {
        try unshare(.time)
        for offset in offsets {
            do throws(Failure) {
                try proc.write("\(offset.clock) \(offset.seconds) \(offset.nanoseconds)\n", to: "self/timens_offsets")
            } catch {
                throw error.at(offset.pointer)
            }
        }
    }
}
