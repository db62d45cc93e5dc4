import Linux

/// A system call as a filter sees it (`struct seccomp_data` of seccomp(2)).
struct Call {
    var number: Int32
    var architecture: UInt32 = Call.x86_64
    var arguments: [UInt64] = []

    static let x86_64: UInt32 = 0xC000_003E
    static let x86: UInt32 = 0x4000_0003
    static let arm64: UInt32 = 0xC000_00B7
    static let x32Bit: Int32 = 0x4000_0000

    /// The word at an offset of the structure.
    func word(at offset: UInt32) -> UInt32? {
        switch offset {
        case 0: return UInt32(bitPattern: number)
        case 4: return architecture
        case 8, 12: return 0
        default:
            guard offset % 4 == 0, offset >= 16, offset < 64 else { return nil }
            let index = Int(offset - 16) / 8
            let argument = index < arguments.count ? arguments[index] : 0
            return UInt32(truncatingIfNeeded: offset % 8 == 0 ? argument : argument >> 32)
        }
    }
}

/// Runs a filter as the kernel does (networking/filter.rst, "BPF engine and instruction set").
///
/// - Returns: The filter's answer; nil for a program that the kernel would not accept.
func run(_ filter: SeccompFilter, _ call: Call) -> UInt32? {
    var accumulator: UInt32 = 0
    var position = 0
    while position < filter.instructions.count {
        let instruction = filter.instructions[position]
        let code = UInt16(truncatingIfNeeded: instruction)
        let ifTrue = Int(instruction >> 16 & 0xFF)
        let ifFalse = Int(instruction >> 24 & 0xFF)
        let value = UInt32(instruction >> 32)
        position += 1
        switch code {
        case 0x20:
            guard let word = call.word(at: value) else { return nil }
            accumulator = word
        case 0x05: position += Int(value)
        case 0x15: position += accumulator == value ? ifTrue : ifFalse
        case 0x25: position += accumulator > value ? ifTrue : ifFalse
        case 0x35: position += accumulator >= value ? ifTrue : ifFalse
        case 0x45: position += accumulator & value != 0 ? ifTrue : ifFalse
        case 0x54: accumulator &= value
        case 0x06: return value
        default: return nil
        }
    }
    return nil
}

/// The kernel's verdicts.
enum Verdict {
    static let allow: UInt32 = 0x7FFF_0000
    static let log: UInt32 = 0x7FFC_0000
    static let trap: UInt32 = 0x0003_0000
    static let killThread: UInt32 = 0
    static let killProcess: UInt32 = 0x8000_0000
    static func errno(_ number: UInt32) -> UInt32 { 0x0005_0000 | number }
    static func trace(_ number: UInt32) -> UInt32 { 0x7FF0_0000 | number }
}
