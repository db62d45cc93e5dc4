import CShim

/// A moment in UTC, as a number of nanoseconds since 1970, and its text forms (RFC 3339).
///
/// We compute the date ourselves: the C library's conversion reads /etc/localtime, and nothing here needs a time zone.
public struct Timestamp: Equatable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z, not counting leap seconds. The range ends in the year 2262.
    public var nanoseconds: Int64

    /// The moment `nanoseconds` after (or, below 0, before) 1970-01-01T00:00:00Z.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The time of the kernel's clock: clock_gettime(2), `CLOCK_REALTIME`.
    public static var now: Timestamp { Timestamp(nanoseconds: shim_clock(CLOCK_REALTIME)) }

    /// The text to the second, as in log lines: `2026-11-22T01:23:54Z`.
    public var rfc3339: String { text(fraction: "") }

    /// The text with the fraction of the second, without trailing zeros. Go's `time.RFC3339Nano` writes `created` in a
    /// container's state like this: `2026-11-22T01:23:54.0401Z`.
    public var rfc3339Nano: String {
        let rest = nanoseconds - nanoseconds.flooredDivision(by: 1_000_000_000) * 1_000_000_000
        guard rest > 0 else { return rfc3339 }
        var digits = Array(Self.padded(rest, to: 9).utf8)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return text(fraction: "." + String(decoding: digits, as: UTF8.self))
    }

    /// Compares two moments: the earlier one is less.
    public static func < (one: Timestamp, other: Timestamp) -> Bool { one.nanoseconds < other.nanoseconds }

    private func text(fraction: String) -> String {
        let seconds = nanoseconds.flooredDivision(by: 1_000_000_000)
        let days = seconds.flooredDivision(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        let second = seconds - days * 86_400
        let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(Self.padded(date.year, to: 4))-\(two(date.month))-\(two(date.day))T\(clock)\(fraction)Z"
    }

    private func two(_ number: Int64) -> String { Self.padded(number, to: 2) }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// A day in the Gregorian calendar, also for dates before the calendar was introduced.
struct CivilDate: Equatable {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Computes the day `days` after (or before) 1970-01-01.
    ///
    /// The algorithm is Howard Hinnant's `civil_from_days` ("chrono-Compatible Low-Level Date Algorithms"). Years are
    /// counted from March, so that the leap day is the last day of a year. The lengths of the months then
    /// follow a straight line of 153 days in 5 months. 400 such years always have 146,097 days.
    init(daysSince1970 days: Int64) {
        let sinceMarchOfYear0 = days + 719_468
        let era = sinceMarchOfYear0.flooredDivision(by: 146_097)
        let dayOfEra = sinceMarchOfYear0 - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    /// Divides and rounds down, also below 0.
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
