/// A machine for the few eBPF instructions that a device program may hold. It is written from the description of the
/// instruction set (Documentation/bpf/standardization/instruction-set.rst) and not from the code under test.
struct BPFMachine {
    struct Trap: Error, Equatable {
        var what: String
        var place: Int
    }

    /// Runs `program` with r1 at a context of three 32-bit words, and returns r0.
    static func run(_ program: [UInt64], context: [UInt32]) throws -> UInt64 {
        var registers = [UInt64?](repeating: nil, count: 11)
        var place = 0
        var steps = 0
        while true {
            guard program.indices.contains(place) else { throw Trap(what: "fell out of the program", place: place) }
            guard steps < 100_000 else { throw Trap(what: "does not end", place: place) }
            steps += 1
            let instruction = program[place]
            let code = UInt8(truncatingIfNeeded: instruction)
            let to = Int(instruction >> 8 & 0xF)
            let from = Int(instruction >> 12 & 0xF)
            let offset = Int(Int16(truncatingIfNeeded: instruction >> 16))
            let value = UInt32(truncatingIfNeeded: instruction >> 32)
            func read(_ register: Int) throws -> UInt64 {
                guard let value = registers[register] else { throw Trap(what: "r\(register) is not set", place: place) }
                return value
            }
            func low(_ register: Int) throws -> UInt32 { UInt32(truncatingIfNeeded: try read(register)) }
            place += 1
            switch code {
            case 0x61:  // load word; r1 is the context's address as long as nobody wrote to it
                guard from == 1, registers[1] == nil, offset >= 0, offset % 4 == 0, offset / 4 < context.count else {
                    throw Trap(what: "load from a wrong address", place: place - 1)
                }
                registers[to] = UInt64(context[offset / 4])
            case 0xBC: registers[to] = UInt64(try low(from))
            case 0xB4: registers[to] = UInt64(value)
            case 0x54: registers[to] = UInt64(try low(to) & value)
            case 0x74: registers[to] = UInt64(try low(to) >> value)
            case 0x56: if try low(to) != value { place += offset }
            case 0x16: if try low(to) == value { place += offset }
            case 0x5E: if try low(to) != low(from) { place += offset }
            case 0x95: return try read(0)
            default: throw Trap(what: "unknown code \(code)", place: place - 1)
            }
            guard offset >= 0 else { throw Trap(what: "jumps back", place: place) }
        }
    }
}
