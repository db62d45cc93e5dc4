import CShim
import OCI

/// Answers system calls that are newer than a profile with ENOSYS. It is a piece of classic BPF that is put in front of
/// the filter.
///
/// If a new call fails with ENOSYS, a C library uses an older call instead. If it fails with EPERM, the default of most
/// profiles, the library gives up (runc#2151). The author of a profile cannot have known calls with a number above the
/// newest one that the profile names in any rule. So these calls get the answer that a kernel without them gives. runc
/// does the same (WhatConfigMeans, "Newer calls").
///
/// There is one section for each architecture. The filter itself decides about architectures without a section.
/// ```
///     A = architecture
///     if A != ARCHITECTURE goto next
///     A = number
///     if A > NEWEST goto refuse      (s390: also if A == 0)
///     goto filter
/// refuse:
///     return ENOSYS
/// next:
/// ```
struct NewerCalls: Equatable {
    /// The newest call of an architecture.
    struct Table: Equatable {
        /// The kernel's number for the architecture (`AUDIT_ARCH_*`).
        var audit: UInt32
        var kind: Kind
        /// The newest call that the profile names; nil if it names no call of this architecture.
        var newest: UInt32?
        /// For x86_64, the newest of the calls that have x32's bit set in their number.
        var newestOfX32: UInt32?
    }

    /// What is special about an architecture.
    enum Kind {
        case plain
        /// To the kernel x86_64 and x32 are one architecture. We treat them as two tables, which one bit of the call
        /// number tells apart.
        case x86_64
        /// If a program passes a call number that is too large for the kernel's table, the filter sees 0.
        case s390
    }

    /// The instructions: each number is one `struct sock_filter`.
    private(set) var instructions: [UInt64] = []

    init(_ tables: [Table]) {
        for table in tables { instructions += Self.section(of: table) }
        guard !instructions.isEmpty else { return }
        instructions.insert(.load(4), at: 0)
        for index in instructions.indices where instructions[index] == .toFilter {
            instructions[index] = .jump(over: UInt32(instructions.count - index - 1))
        }
    }

    /// Whether a new call needs another answer than the default verdict. It does not if the default lets the call pass,
    /// or hands it to a tracer or a listener, which can decide for itself.
    static func areRefused(beside verdict: SeccompVerdict) -> Bool {
        switch verdict.action {
        case .kill, .killThread, .killProcess, .trap, .errno: verdict != .noSuchCall
        case .trace, .log, .allow, .notify: false
        }
    }

    private static func section(of table: Table) -> [UInt64] {
        let never = UInt32.max
        let newest = table.newest ?? never
        let tests: [UInt64] =
            switch table.kind {
            case .plain: [.ifAbove(newest, skip: 1), .toFilter]
            case .s390: [.ifEqual(0, skip: 2), .ifAbove(newest, skip: 1), .toFilter]
            case .x86_64:
                [
                    .ifAnySet(UInt32(__X32_SYSCALL_BIT), skip: 2), .ifAbove(newest, skip: 3), .toFilter,
                    .ifAbove(table.newestOfX32 ?? never, skip: 1), .toFilter,
                ]
            }
        let section = [.load(0)] + tests + [UInt64.answer(SeccompVerdict.noSuchCall.rawValue)]
        return [.unlessEqual(table.audit, skip: section.count)] + section
    }
}

extension [UInt64] {
    /// Puts a test in front of a filter: only calls of one architecture come to it, all others go on behind it.
    ///
    /// - Parameter audit: The kernel's number for the architecture.
    func section(only audit: UInt32) -> [UInt64] {
        // A test can skip 255 instructions, a jump any number.
        [.load(4), .ifEqual(audit, skip: 1), .jump(over: UInt32(count))] + self
    }
}

/// Instructions of classic BPF (Documentation/networking/filter.rst, "BPF engine and instruction set"). From the lowest
/// bits: the code in 16 bits, how many instructions to skip if a test holds and if it fails in 8 bits each, and the
/// value.
extension UInt64 {
    private init(code: CInt, holds: Int = 0, fails: Int = 0, value: UInt32) {
        self = UInt64(code) | UInt64(holds) << 16 | UInt64(fails) << 24 | UInt64(value) << 32
    }

    /// `A = *(u32 *)(call + offset)`, with `struct seccomp_data`: offset 0 is the call number, 4 the architecture.
    fileprivate static func load(_ offset: UInt32) -> UInt64 {
        UInt64(code: BPF_LD | BPF_W | BPF_ABS, value: offset)
    }
    /// `goto`
    fileprivate static func jump(over count: UInt32) -> UInt64 { UInt64(code: BPF_JMP | BPF_JA, value: count) }
    /// `if A == value goto`
    fileprivate static func ifEqual(_ value: UInt32, skip: Int) -> UInt64 {
        UInt64(code: BPF_JMP | BPF_JEQ | BPF_K, holds: skip, value: value)
    }
    /// `if A != value goto`
    fileprivate static func unlessEqual(_ value: UInt32, skip: Int) -> UInt64 {
        UInt64(code: BPF_JMP | BPF_JEQ | BPF_K, fails: skip, value: value)
    }
    /// `if A > value goto`
    fileprivate static func ifAbove(_ value: UInt32, skip: Int) -> UInt64 {
        UInt64(code: BPF_JMP | BPF_JGT | BPF_K, holds: skip, value: value)
    }
    /// `if A & value goto`
    fileprivate static func ifAnySet(_ value: UInt32, skip: Int) -> UInt64 {
        UInt64(code: BPF_JMP | BPF_JSET | BPF_K, holds: skip, value: value)
    }
    /// `return value`
    fileprivate static func answer(_ value: UInt32) -> UInt64 { UInt64(code: BPF_RET | BPF_K, value: value) }
    /// A `goto` to the filter, whose distance is not known yet.
    fileprivate static let toFilter = jump(over: .max)
}
