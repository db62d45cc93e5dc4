import Base
import CShim
import Linux
import OCI

/// Sets `linux.personality`. With `LINUX32`, uname(2) reports a 32-bit machine.
struct SetPersonality: InsideWork, ProcessWork {
    static var word: StaticString { "personality" }

    var domain: Personality.Domain

    /// - Throws: ``Failure`` for any flag: the spec has none yet.
    init(
        _ personality: Personality, pointer: String = "/linux/personality", _ refuse: Refuse = throwing
    ) throws(Failure) {
        for (index, flag) in (personality.flags ?? []).enumerated() {
            try refuse(
                Failure(
                    "unknown personality flag \(quoted(flag))", pointer: "\(pointer)/flags/\(index)",
                    code: .unknownValue))
        }
        domain = personality.domain
    }

    var summary: String { "execution domain \(domain.word)" }

    /// - Throws: ``Failure`` of `personality`.
    func perform() throws(Failure) {
        let number: UInt =
            switch domain {
            case .linux: UInt(PER_LINUX)
            case .linux32: UInt(PER_LINUX32)
            }
        try ThisProcess.personality(number)
    }
}

/// Sets `linux.memoryPolicy` for init or the process of `exec`. Child processes inherit it (set_mempolicy(2)).
struct SetMemoryPolicy: InsideWork, ProcessWork {
    static var word: StaticString { "memory-policy" }

    var policy: MemoryPolicy
    /// nil if the list is absent or empty.
    var nodes: NumberList?

    /// - Throws: ``Failure`` for a malformed list of nodes, for nodes that the mode must not have, and for missing
    ///   ones that it must have.
    init(
        _ policy: MemoryPolicy, pointer: String = "/linux/memoryPolicy", _ refuse: Refuse = throwing
    ) throws(Failure) {
        self.policy = policy
        let text = policy.nodes ?? ""
        nodes = NumberList(text)
        guard text.isEmpty || nodes != nil else {
            try refuse(
                Failure(
                    "\(quoted(text)) is not a list of memory nodes such as 0-3,7", pointer: "\(pointer)/nodes",
                    code: .malformedValue))
            return
        }
        switch policy.mode {
        case .standard, .local:
            if nodes != nil {
                try refuse(Failure("\(policy.mode.word) takes no nodes", pointer: "\(pointer)/nodes", code: .conflict))
            }
        case .bind, .interleave, .weightedInterleave, .preferredMany:
            if nodes == nil {
                try refuse(
                    Failure(
                        "\(policy.mode.word) needs at least one node", pointer: "\(pointer)/nodes",
                        code: .missingCompanion))
            }
        case .preferred: break
        }
    }

    var summary: String {
        var text = "memory policy \(policy.mode.word)"
        if nodes != nil { text += ", nodes \(policy.nodes ?? "")" }
        for flag in policy.flags ?? [] { text += ", \(flag.word)" }
        return text
    }

    /// - Throws: ``Failure`` of `set_mempolicy`.
    func perform() throws(Failure) {
        let mode = (policy.flags ?? []).reduce(policy.mode.number) { $0 | $1.bit }
        do throws(Failure) { try ThisProcess.setMempolicy(mode, nodes: nodes?.mask ?? []) } catch {
            throw error.hinting(
                error.errno == .EINVAL
                    ? "the nodes must exist and be in the cpuset, and the kernel must support this mode with these flags"
                    : nil)
        }
    }
}

extension MemoryPolicy.Mode {
    /// The number in linux/mempolicy.h.
    fileprivate var number: CInt {
        switch self {
        case .standard: CInt(MPOL_DEFAULT)
        case .preferred: CInt(MPOL_PREFERRED)
        case .bind: CInt(MPOL_BIND)
        case .interleave: CInt(MPOL_INTERLEAVE)
        case .local: CInt(MPOL_LOCAL)
        case .preferredMany: CInt(MPOL_PREFERRED_MANY)
        case .weightedInterleave: CInt(MPOL_WEIGHTED_INTERLEAVE)
        }
    }
}

extension MemoryPolicy.Flag {
    /// The bit in linux/mempolicy.h.
    fileprivate var bit: CInt {
        switch self {
        case .numaBalancing: MPOL_F_NUMA_BALANCING
        case .relativeNodes: MPOL_F_RELATIVE_NODES
        case .staticNodes: MPOL_F_STATIC_NODES
        }
    }
}
