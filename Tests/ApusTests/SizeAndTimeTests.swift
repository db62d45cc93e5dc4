import Testing

@testable import apus

@Suite("Sizes and times")
struct SizeAndTimeTests {
    @Test(
        "sizes are read as Docker reads them",
        arguments: [
            ("0", 0), ("1", 1), ("1048576", 1_048_576), ("64m", 67_108_864), ("64M", 67_108_864), ("64mb", 67_108_864),
            ("64MiB", 67_108_864), ("64 mib", 67_108_864), ("1.5g", 1_610_612_736), ("0.5k", 512), ("2b", 2),
            ("1t", 1_099_511_627_776), ("1p", 1_125_899_906_842_624), ("9223372036854775807", Int64.max),
        ])
    func size(text: String, bytes: Int64) { #expect(ByteSize.bytes(text) == bytes) }

    @Test(
        "a text that is no size is refused",
        arguments: [
            "", "m", "-1", "-5m", "1x", "1mm", "1  m", "m1", ".", "1..5g", "9223372036854775808", "9000p", "0x10",
        ])
    func noSize(text: String) { #expect(ByteSize.bytes(text) == nil) }

    @Test(
        "times are read as Go reads them",
        arguments: [
            ("5s", 5_000_000_000), ("0", 0), ("0s", 0), ("500ms", 500_000_000), ("1m30s", 90_000_000_000),
            ("1.5h", 5_400_000_000_000), ("1h1m1s1ms1us1ns", 3_661_001_001_001), ("3µs", 3000), ("-2s", -2_000_000_000),
            ("+2s", 2_000_000_000), (".5s", 500_000_000), ("1.s", 1_000_000_000),
        ])
    func time(text: String, nanoseconds: Int64) { #expect(GoDuration.nanoseconds(text) == nanoseconds) }

    @Test(
        "a text that is no time is refused",
        arguments: ["", "5", "s", "5x", "5 s", "-", "1.2.3s", "5s3", ".s", "9999999h"])
    func noTime(text: String) { #expect(GoDuration.nanoseconds(text) == nil) }
}
