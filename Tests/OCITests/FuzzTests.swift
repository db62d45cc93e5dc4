import Base
import Testing

@testable import OCI

/// Numbers that look random and are the same each time (SplitMix64), so that a finding can be repeated.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Damaged texts")
struct FuzzTests {
    /// Bytes and words that may confuse a JSON reader.
    static let seeds: [[UInt8]] =
        [
            "{", "}", "[", "]", "\"", ":", ",", "\\", "\\u0000", "\\ud800", "\\u", "-", "0", "1e9", "1.5", "null",
            "true",
            "99999999999999999999", "{\"a\":1,\"a\":2}", "[[[[[[[[[[[[[[[[", "\u{FEFF}", "\u{20ac}", "\n",
        ].map { Array($0.utf8) } + [[0x00], [0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0xFF]]

    func damage(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0..<40, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(contentsOf: Self.seeds.randomElement(using: &random) ?? [], at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 5: bytes.replaceSubrange(place..<end, with: Self.seeds.randomElement(using: &random) ?? [])
        case 6 where Int.random(in: 0..<8, using: &random) == 0: bytes.removeSubrange(place...)
        default: break
        }
    }

    @Test("a damaged config.json is read, or refused in one line", arguments: 0..<4 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let whole = Array(WholeConfig.value.json(.compact).utf8)
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        var refused = 0
        // Limited by time too: a busy machine tries fewer texts.
        while count < 1_500, count < 50 || clock.now - start < .milliseconds(500) {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) { damage(&bytes, &random) }
            count += 1
            do throws(Failure) {
                let config = try Config(json: bytes)
                // A config that was read is written so that it can be read again.
                let again = try Config(json: config.json(.compact))
                #expect(again == config, "seed \(seed), text \(count)")
            } catch {
                refused += 1
                let line = error.line
                #expect(!line.isEmpty && !line.utf8.contains { $0 < 0x20 }, "seed \(seed), text \(count)")
            }
        }
        #expect(refused > count / 2)
    }

    @Test("random bytes are refused")
    func noise() {
        var random = Seeded(state: 7)
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                bytes += Self.seeds.randomElement(using: &random) ?? []
            }
            #expect(throws: Failure.self) { _ = try Config(json: bytes) }
        }
    }
}
