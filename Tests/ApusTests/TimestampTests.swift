import Foundation
import Testing

@testable import Base

@Suite("Moments in UTC")
struct TimestampTests {
    @Test(
        "the calendar, at its edges",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),  // 2000 is a leap year, since 400 divides it
            (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),  // 2100 is not one, since 100 divides it
            (1_795_310_634, "2026-11-22T01:23:54Z"),
            (9_223_372_036, "2262-04-11T23:47:16Z"),
        ] as [(Int64, String)])
    func seconds(since1970: Int64, expected: String) {
        #expect(Timestamp(nanoseconds: since1970 * 1_000_000_000).rfc3339 == expected)
    }

    @Test(
        "the fraction loses its trailing zeros, as Go writes it",
        arguments: [
            (0, "1970-01-01T00:00:00Z"),
            (1, "1970-01-01T00:00:00.000000001Z"),
            (40_100_000, "1970-01-01T00:00:00.0401Z"),
            (999_999_999, "1970-01-01T00:00:00.999999999Z"),
            (1_500_000_000, "1970-01-01T00:00:01.5Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
        ] as [(Int64, String)])
    func precise(nanoseconds: Int64, expected: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339Nano == expected)
    }

    @Test("every day of 400 years agrees with Foundation")
    func everyDay() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: -30_000, to: 116_000, by: 1) {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let date = CivilDate(daysSince1970: Int64(day))
            guard date.year == Int64(parts.year ?? 0), date.month == Int64(parts.month ?? 0),
                date.day == Int64(parts.day ?? 0)
            else {
                Issue.record("day \(day): \(date) is not \(parts)")
                return
            }
        }
    }

    @Test("now is now")
    func now() {
        let seconds = Double(Timestamp.now.nanoseconds) / 1e9
        #expect(abs(seconds - Date().timeIntervalSince1970) < 60)
    }
}
