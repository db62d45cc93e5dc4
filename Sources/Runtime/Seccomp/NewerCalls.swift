import CShim
import OCI

/// The answer to system calls that are newer than a profile, ENOSYS, as instructions of classic BPF that stand in front of the
/// filter.
///
/// A C library that tries a new call and is told ENOSYS takes an old one instead; with EPERM, the default of most profiles, it
/// gives up (runc#2151). A number above the newest call that the profile names, in whatever rule, is one that its author cannot
/// have thought of, so it gets the kernel's own answer for a call that it does not have. runc does the same
/// (WhatConfigMeans, "Newer calls").
///
/// For each architecture there is one section; of an architecture without one, the filter itself decides.
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
        /// What the kernel calls the architecture (`AUDIT_ARCH_*`).
        var audit: UInt32
        var kind: Kind
        /// nil where the profile names none.
        var newest: UInt32?
        /// Of x86_64, the newest among those with x32's bit.
        var newestOfX32: UInt32?
    }

    /// What is special about an architecture.
    enum Kind {
        case plain
        /// Its calls are two tables to us, told apart by a bit.
        case x86_64
        /// Of a large number that the kernel does not know, it leaves 0 in its place.
        case s390
    }

    /// `struct sock_filter`, one a number.
    private(set) var instructions: [UInt64] = []

    init(_ tables: [Table]) {
        for table in tables { instructions += Self.section(of: table) }
        guard !instructions.isEmpty else { return }
        instructions.insert(.load(4), at: 0)
        for index in instructions.indices where instructions[index] == .toFilter {
            instructions[index] = .jump(over: UInt32(instructions.count - index - 1))
        }
    }

    /// Whether calls that meet the default verdict need another answer where they are new. One that lets them pass needs none,
    /// and a tracer knows better.
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

/// Instructions of classic BPF (Documentation/networking/filter.rst, "BPF engine and instruction set"): the code in the lowest 16
/// bits, how many instructions to skip where a test holds and where not, in 8 bits each, and the value.
extension UInt64 {
    private init(code: CInt, holds: Int = 0, fails: Int = 0, value: UInt32) {
        self = UInt64(code) | UInt64(holds) << 16 | UInt64(fails) << 24 | UInt64(value) << 32
    }

    /// `A = *(u32 *)(call + offset)`, of `struct seccomp_data`: 0 is the number, 4 the architecture.
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
    /// A `goto` the filter, of which the distance is not known yet.
    fileprivate static let toFilter = jump(over: .max)
}
