import CShim

/// An eBPF program of the type BPF_PROG_TYPE_CGROUP_DEVICE that applies device rules.
///
/// The kernel runs it each time a process of the cgroup opens or makes a device node. r1 then points to a record,
/// `struct bpf_cgroup_dev_ctx { u32 access_type, major, minor }`. The low half of `access_type` is the kind of device
/// and the high half is the access. The program returns 1 to allow, 0 to refuse.
///
/// Each exception becomes one block, which jumps to the next block at the first difference:
/// ```
///     r2 = kind   r3 = access   r4 = major   r5 = minor
///     if r2 != KIND  goto next
///     r1 = r3 & ACCESS
///     if r1 != r3    goto next       ("allow" exceptions: they must have all that is asked for)
///     if r1 == 0     goto next       ("deny" exceptions: any part is enough)
///     if r4 != MAJOR goto next
///     if r5 != MINOR goto next
///     return the opposite of the base
/// next:
/// ```
struct DeviceProgram: Equatable, Sendable {
    /// Counts the changes in what this compiler makes of the same rules: a pinned program of another version must not
    /// be used.
    static let version = 1

    /// The instructions: each number is one `struct bpf_insn`.
    private(set) var instructions: [UInt64] = []

    /// Makes the program that answers as `rules` do.
    init(_ rules: DeviceRules) {
        let allowed: Int32 = 1, refused: Int32 = 0
        instructions = [
            .load(2, from: 1, offset: 0),
            .move(3, from: 2),
            .and(2, 0xFFFF),
            .shiftRight(3, 16),
            .load(4, from: 1, offset: 4),
            .load(5, from: 1, offset: 8),
        ]
        for exception in rules.exceptions {
            append(exception, isAllowance: !rules.allowsByDefault, answer: rules.allowsByDefault ? refused : allowed)
        }
        instructions += [.set(0, rules.allowsByDefault ? allowed : refused), .exit]
    }

    private mutating func append(_ exception: DeviceRules.Exception, isAllowance: Bool, answer: Int32) {
        var block: [UInt64] = [.jumpUnless(2, equals: exception.pattern.kind.number)]
        if !isAllowance {
            block += [.move(1, from: 3), .and(1, exception.access.rawValue), .jumpIf(1, equals: 0)]
        } else if exception.access != .all {
            block += [.move(1, from: 3), .and(1, exception.access.rawValue), .jumpUnless(1, equalsRegister: 3)]
        }
        if let major = exception.pattern.major { block.append(.jumpUnless(4, equals: major)) }
        if let minor = exception.pattern.minor { block.append(.jumpUnless(5, equals: minor)) }
        block += [.set(0, answer), .exit]
        for index in block.indices where block[index].isJump { block[index].jump(over: block.count - index - 1) }
        instructions += block
    }
}

/// Instructions of eBPF (Documentation/bpf/standardization/instruction-set.rst). From the lowest byte: the code, the
/// registers, the offset and the immediate value.
extension UInt64 {
    private init(code: CInt, to: UInt64, from: UInt64 = 0, offset: UInt64 = 0, value: UInt32 = 0) {
        self = UInt64(code) | to << 8 | from << 12 | offset << 16 | UInt64(value) << 32
    }

    /// `to = *(u32 *)(from + offset)`
    fileprivate static func load(_ to: UInt64, from: UInt64, offset: UInt64) -> UInt64 {
        UInt64(code: BPF_LDX | BPF_MEM | BPF_W, to: to, from: from, offset: offset)
    }
    /// `to = from`, 32 bits
    fileprivate static func move(_ to: UInt64, from: UInt64) -> UInt64 {
        UInt64(code: BPF_ALU | BPF_MOV | BPF_X, to: to, from: from)
    }
    /// `to = value`, 32 bits
    fileprivate static func set(_ to: UInt64, _ value: Int32) -> UInt64 {
        UInt64(code: BPF_ALU | BPF_MOV | BPF_K, to: to, value: UInt32(bitPattern: value))
    }
    /// `to &= value`, 32 bits
    fileprivate static func and(_ to: UInt64, _ value: UInt32) -> UInt64 {
        UInt64(code: BPF_ALU | BPF_AND | BPF_K, to: to, value: value)
    }
    /// `to >>= value`, 32 bits
    fileprivate static func shiftRight(_ to: UInt64, _ value: UInt32) -> UInt64 {
        UInt64(code: BPF_ALU | BPF_RSH | BPF_K, to: to, value: value)
    }
    // The jumps are of class JMP32. A 64-bit jump sign-extends its immediate value, which then never equals a register
    // that holds 2^31 or more.
    /// `if to != value goto`
    fileprivate static func jumpUnless(_ to: UInt64, equals value: UInt32) -> UInt64 {
        UInt64(code: BPF_JMP32 | BPF_JNE | BPF_K, to: to, value: value)
    }
    /// `if to == value goto`
    fileprivate static func jumpIf(_ to: UInt64, equals value: UInt32) -> UInt64 {
        UInt64(code: BPF_JMP32 | BPF_JEQ | BPF_K, to: to, value: value)
    }
    /// `if to != from goto`
    fileprivate static func jumpUnless(_ to: UInt64, equalsRegister from: UInt64) -> UInt64 {
        UInt64(code: BPF_JMP32 | BPF_JNE | BPF_X, to: to, from: from)
    }
    /// `return r0`
    fileprivate static var exit: UInt64 { UInt64(code: BPF_JMP | BPF_EXIT, to: 0) }

    fileprivate var isJump: Bool { self & 0x7 == UInt64(BPF_JMP32) }

    fileprivate mutating func jump(over count: Int) { self |= UInt64(count) << 16 }
}
