import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The device program")
struct DeviceProgramTests {
    typealias Kind = DevicePattern.Kind

    func allows(
        _ program: DeviceProgram, _ kind: Kind, _ major: UInt32, _ minor: UInt32, _ access: DeviceAccess
    ) throws -> Bool {
        let context = [kind.number | access.rawValue << 16, major, minor]
        return try BPFMachine.run(program.instructions, context: context) == 1
    }

    @Test("without exceptions the answer is the base")
    func bases() throws {
        #expect(try !allows(DeviceProgram(DeviceRules()), .character, 1, 3, .read))
        var rules = DeviceRules()
        try rules.apply(DeviceRule(allow: true, access: "rwm"), at: "")
        #expect(try allows(DeviceProgram(rules), .block, 8, 0, .all))
    }

    @Test("every container may use null, make but not open a disk, and use a terminal of any number")
    func defaults() throws {
        let program = DeviceProgram(try DeviceRules([], devices: [], at: ""))
        #expect(try allows(program, .character, 1, 3, [.read, .write]))
        #expect(try allows(program, .block, 8, 0, .mknod))
        #expect(try !allows(program, .block, 8, 0, .read))
        #expect(try !allows(program, .block, 1, 3, .read))
        #expect(try allows(program, .character, 136, 77, [.read, .write]))
        #expect(try !allows(program, .character, 5, 1, .write))
    }

    @Test("on the base deny, one exception must cover everything that is asked for; on the base allow, any part denies")
    func wholeOrPart() throws {
        var allowing = DeviceRules()
        try allowing.apply(DeviceRule(allow: true, type: "c", access: "r"), at: "")
        try allowing.apply(DeviceRule(allow: true, type: "c", major: 1, minor: 3, access: "w"), at: "")
        let first = DeviceProgram(allowing)
        #expect(try allows(first, .character, 1, 3, .read) && allows(first, .character, 1, 3, .write))
        #expect(try !allows(first, .character, 1, 3, [.read, .write]))

        var denying = DeviceRules()
        try denying.apply(DeviceRule(allow: true, access: "rwm"), at: "")
        try denying.apply(DeviceRule(allow: false, type: "c", major: 1, minor: 3, access: "w"), at: "")
        let second = DeviceProgram(denying)
        #expect(try allows(second, .character, 1, 3, .read))
        #expect(try !allows(second, .character, 1, 3, .write))
        // An open for reading and writing must not pass if one of the two is denied.
        #expect(try !allows(second, .character, 1, 3, [.read, .write]))
    }

    @Test("numbers above 2^31 are compared as numbers, not as negative ones")
    func largeNumbers() throws {
        var rules = DeviceRules()
        let large: UInt32 = 0xFFFF_FFFE
        try rules.apply(DeviceRule(allow: true, type: "b", major: Int64(large), minor: 0, access: "rwm"), at: "")
        #expect(try allows(DeviceProgram(rules), .block, large, 0, .read))
        #expect(try !allows(DeviceProgram(rules), .block, large - 1, 0, .read))
    }

    @Test("random rule lists: the program answers as the last rule about a device and an access")
    func lastRuleWins() throws {
        var generator = Generator(state: 0x5EED)
        var taken = 0
        var wrong: [String] = []
        for _ in 0..<1500 {
            let list = (0..<Int.random(in: 0...8, using: &generator)).map { _ in DeviceRule.random(&generator) }
            var rules = DeviceRules()
            do {
                for rule in list { try rules.apply(rule, at: "") }
            } catch { continue }  // a hole: refused lists have no answer
            taken += 1
            for device in Self.devices {
                let said = DeviceAccess([.mknod, .read, .write].filter { answer(list, device, $0) })
                for bits: UInt32 in 1...7 {
                    let access = DeviceAccess(rawValue: bits)
                    let allowed = try allows(DeviceProgram(rules), device.kind, device.major, device.minor, access)
                    let expected = access.isSubset(of: said)
                    // For one letter, or on the base "allow": exactly the answer of the last rule for each letter. For
                    // several letters on the base "deny": never more than that.
                    let isExact = bits.nonzeroBitCount == 1 || rules.allowsByDefault
                    if isExact ? allowed != expected : allowed && !expected {
                        wrong.append("\(list): \(device) \(access.letters)")
                    }
                }
            }
        }
        #expect(wrong == [])
        #expect(taken > 500)
    }

    private struct Node {
        var kind: Kind
        var major: UInt32
        var minor: UInt32
    }

    private static var devices: [Node] {
        let numbers: [UInt32] = [0, 1, 2, 7]
        return [Kind.character, .block].flatMap { kind in
            numbers.flatMap { major in numbers.map { Node(kind: kind, major: major, minor: $0) } }
        }
    }

    /// The list's answer for one device and one letter: that of the last rule that covers both, otherwise no.
    private func answer(_ list: [DeviceRule], _ device: Node, _ access: DeviceAccess) -> Bool {
        let last = list.last { rule in
            if rule.type == "a" || rule.type == nil { return true }
            return rule.type == device.kind.letter && (rule.major == nil || rule.major == Int64(device.major))
                && (rule.minor == nil || rule.minor == Int64(device.minor))
                && rule.access?.contains(access.letters) == true
        }
        return last?.allow ?? false
    }
}

/// The same numbers on every run, so that a failure can be repeated.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension DeviceRule {
    /// A rule about few devices, so that the rules of a list overlap often; one in eight is about all devices.
    fileprivate static func random(_ generator: inout Generator) -> DeviceRule {
        let access = ["r", "w", "m", "rw", "rm", "wm", "rwm", "rwm"].randomElement(using: &generator)
        guard Int.random(in: 0..<8, using: &generator) > 0 else {
            return DeviceRule(
                allow: .random(using: &generator), type: Bool.random(using: &generator) ? "a" : nil, access: access)
        }
        let numbers: [Int64?] = [nil, 0, 1, 2]
        return DeviceRule(
            allow: .random(using: &generator), type: Bool.random(using: &generator) ? "c" : "b",
            major: numbers.randomElement(using: &generator) ?? nil,
            minor: numbers.randomElement(using: &generator) ?? nil,
            access: access)
    }
}
