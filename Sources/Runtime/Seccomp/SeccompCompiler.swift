import Base
import CSeccomp
import CShim
import Linux
import OCI

/// The result of compiling a ``SeccompProfile``.
struct CompiledSeccomp: Equatable {
    /// The filter to load into the kernel.
    var filter: SeccompFilter
    /// System calls that this libseccomp does not know: they are too new for it, or do not exist on Linux. There is no
    /// rule for them, so they get the default verdict.
    var unknownNames: [String]
    /// Architectures that this libseccomp does not know, or whose programs cannot run here. A call from a program of
    /// one ends the calling thread, as for every architecture that the filter does not have.
    var unknownArchitectures: [String]

    /// What `--debug` says; "" for nothing.
    var note: String {
        var parts: [String] = []
        if !unknownNames.isEmpty { parts.append("the system calls \(unknownNames.joined(separator: ", "))") }
        if !unknownArchitectures.isEmpty {
            parts.append("the architectures \(unknownArchitectures.joined(separator: ", "))")
        }
        guard !parts.isEmpty else { return "" }
        return "seccomp: libseccomp \(seccompLibraryVersion) does not know \(parts.joined(separator: ", nor "))"
    }
}

extension SeccompProfile {
    /// Compiles the profile with libseccomp. One version of libseccomp always makes the same filter from the same
    /// profile.
    ///
    /// - Throws: ``Failure`` if libseccomp refuses, with the pointer of the rule that it is about, if there is one.
    func compile() throws(Failure) -> CompiledSeccomp {
        // Without this, libseccomp asks the running kernel what it supports, each time. apus needs Linux 5.14, so the
        // answer is known: level 6, everything that libseccomp 2.5 has. Also, the result then does not depend on the
        // host.
        _ = seccomp_api_set(6)
        var unknownArchitectures: [String] = []
        var unknownNames: [String] = []
        var sections: [UInt64] = []
        // The section of this machine's own programs comes last: it also refuses architectures without a section.
        for group in sectionGroups.reversed() {
            guard let rules = SeccompRules(default: defaultVerdict) else {
                throw Failure("libseccomp refuses the default action", pointer: "/linux/seccomp/defaultAction")
            }
            let unknown = try rules.add(group)
            unknownArchitectures += unknown
            guard unknown.count < group.count else { continue }
            unknownNames = try add(to: rules)
            let section = try rules.instructions()
            sections += group.contains(.native) ? section : section.section(only: group[0].audit)
        }
        unknownArchitectures = architectures.map { $0.word }.filter(unknownArchitectures.contains)
        let tables = newestCalls(in: [.native] + architectures.filter { !unknownArchitectures.contains($0.word) })
        let filter = SeccompFilter(instructions: NewerCalls(tables).instructions + sections, flags: flags)
        guard filter.instructions.count <= SeccompFilter.longest else {
            throw Failure(
                "the seccomp profile needs \(filter.instructions.count) instructions, the kernel takes "
                    + "\(SeccompFilter.longest)",
                pointer: "/linux/seccomp", hint: "name fewer architectures")
        }
        return CompiledSeccomp(
            filter: filter, unknownNames: unknownNames, unknownArchitectures: unknownArchitectures)
    }

    /// The architectures that share a section of the filter, beginning with those of this machine's own programs.
    ///
    /// One filter of libseccomp could serve all. But its work grows with the square of a filter's size, so that three
    /// small filters take half the time of a large one.
    private var sectionGroups: [[SeccompArchitecture]] {
        var groups: [[SeccompArchitecture]] = [[.native]]
        for architecture in architectures where architecture != .native {
            if let index = groups.firstIndex(where: { $0[0].audit == architecture.audit }) {
                groups[index].append(architecture)
            } else {
                groups.append([architecture])
            }
        }
        return groups
    }

    /// Adds the rules.
    ///
    /// - Returns: The names that this libseccomp does not know.
    private func add(to rules: borrowing SeccompRules) throws(Failure) -> [String] {
        // A binary tree is worth its cost only with more than a few rules. Also, libseccomp up to 2.5.4 misbehaves if
        // it has to make a tree of no rules.
        let count = self.rules.reduce(0) { $0 + $1.names.count * $1.alternatives.count }
        try rules.prepare(searchesTree: count > 32)
        var unknownNames: [String] = []
        for rule in self.rules {
            for name in rule.names where try !rules.add(rule, to: name) { unknownNames.append(name) }
        }
        return unknownNames
    }

    /// Finds the newest calls that the profile names; an empty list if newer calls need no answer of their own.
    private func newestCalls(in architectures: [SeccompArchitecture]) -> [NewerCalls.Table] {
        guard NewerCalls.areRefused(beside: defaultVerdict) else { return [] }
        var tables: [NewerCalls.Table] = []
        for architecture in architectures {
            guard let token = architecture.token, let newest = newestCall(in: token) else { continue }
            let (isX32, audit) = (architecture.libraryName == "x32", architecture.audit)
            var table = NewerCalls.Table(audit: audit, kind: architecture.kindOfNumbers)
            if let index = tables.firstIndex(where: { $0.audit == audit }) { table = tables.remove(at: index) }
            if isX32 { table.newestOfX32 = newest } else { table.newest = newest }
            tables.append(table)
        }
        return tables
    }

    /// Finds the highest number of the calls that the profile names; nil if the architecture has none of them.
    private func newestCall(in token: UInt32) -> UInt32? {
        var newest: CInt = -1
        for name in rules.flatMap({ $0.names }) + namesLikeDefault {
            newest = max(newest, seccomp_syscall_resolve_name_arch(token, name))
        }
        return UInt32(exactly: newest)
    }
}

extension SeccompArchitecture {
    fileprivate var kindOfNumbers: NewerCalls.Kind {
        switch libraryName {
        case "x86_64", "x32": .x86_64
        case "s390", "s390x": .s390
        default: .plain
        }
    }
}

/// libseccomp's state of an unfinished filter (seccomp_init(3)), released with this value.
private struct SeccompRules: ~Copyable {
    private let state: scmp_filter_ctx

    init?(default verdict: SeccompVerdict) {
        guard let state = seccomp_init(verdict.rawValue) else { return nil }
        self.state = state
    }

    deinit { seccomp_release(state) }

    /// Adds the architectures of one section, and takes out this machine's own if it is not among them.
    ///
    /// - Returns: The words of those that cannot be added.
    borrowing func add(_ group: [SeccompArchitecture]) throws(Failure) -> [String] {
        var unknown: [String] = []
        for architecture in group where try !add(architecture) { unknown.append(architecture.word) }
        if !group.contains(.native), unknown.count < group.count, let native = SeccompArchitecture.native.token {
            let answer = seccomp_arch_remove(state, native)
            guard answer == 0 else {
                throw Self.refusal("seccomp_arch_remove", answer, "prepare a section", "/linux/seccomp/architectures")
            }
        }
        return unknown
    }

    /// Adds an architecture. The answer is false if libseccomp does not know it, or if this machine cannot run its
    /// programs because they have the other byte order (EDOM).
    borrowing func add(_ architecture: SeccompArchitecture) throws(Failure) -> Bool {
        guard let token = architecture.token else { return false }
        switch seccomp_arch_add(state, token) {
        case 0, -EEXIST: return true
        case -EDOM: return false
        case let answer:
            throw Self.refusal("seccomp_arch_add", answer, "add \(architecture.word)", "/linux/seccomp/architectures")
        }
    }

    borrowing func prepare(searchesTree: Bool) throws(Failure) {
        // By default libseccomp also sets no_new_privs. apus sets it only if the container asks for it.
        let answer = seccomp_attr_set(state, SCMP_FLTATR_CTL_NNP, 0)
        guard answer == 0 else {
            throw Self.refusal("seccomp_attr_set", answer, "prepare the filter", "/linux/seccomp")
        }
        // libseccomp before 2.5 does not know this attribute. The filter is then only slower.
        if searchesTree { _ = seccomp_attr_set(state, SCMP_FLTATR_CTL_OPTIMIZE, 2) }
    }

    /// Adds a rule for one call. The answer is false if libseccomp does not know the name. A name that only another
    /// architecture has is known.
    ///
    /// libseccomp resolves conflicts in its own way: of two rules without conditions the first counts, and a rule
    /// without conditions beats rules with conditions.
    borrowing func add(_ rule: SeccompProfile.Rule, to name: String) throws(Failure) -> Bool {
        let number = seccomp_syscall_resolve_name(name)
        // Numbers of -100 and below are names that another architecture has and this one does not.
        guard number >= 0 || number <= -100 else { return false }
        for conditions in rule.alternatives {
            let comparisons = conditions.map(Self.comparison)
            let answer = seccomp_rule_add_array(
                state, rule.verdict.rawValue, number, UInt32(comparisons.count), comparisons)
            guard answer != -EEXIST else {
                throw Failure(
                    "seccomp: an earlier rule for \(name) has the same conditions and another action",
                    pointer: rule.pointer)
            }
            guard answer == 0 else {
                throw Self.refusal("seccomp_rule_add_array", answer, "add a rule for \(name)", rule.pointer)
            }
        }
        return true
    }

    /// Reads the finished filter through a memory file, since seccomp_export_bpf(3) can only write to a descriptor.
    borrowing func instructions() throws(Failure) -> [UInt64] {
        let file = try memfdCreate("apus-seccomp")
        let answer = seccomp_export_bpf(state, file.number)
        guard answer == 0 else {
            throw Self.refusal("seccomp_export_bpf", answer, "compile the filter", "/linux/seccomp")
        }
        try file.rewind()
        let bytes = try file.readAll(limit: 8 << 20, "the compiled filter")
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
    }

    private static func comparison(_ condition: SeccompArgument) -> scmp_arg_cmp {
        let (datum, second) = (condition.value, condition.valueTwo ?? 0)
        let operation: scmp_compare
        switch condition.op {
        case .notEqual: operation = SCMP_CMP_NE
        case .less: operation = SCMP_CMP_LT
        case .lessOrEqual: operation = SCMP_CMP_LE
        case .equal: operation = SCMP_CMP_EQ
        case .greaterOrEqual: operation = SCMP_CMP_GE
        case .greater: operation = SCMP_CMP_GT
        case .maskedEqual: operation = SCMP_CMP_MASKED_EQ  // value is the mask, valueTwo what must be left
        }
        return scmp_arg_cmp(arg: condition.index, op: operation, datum_a: datum, datum_b: second)
    }

    private static func refusal(_ call: String, _ answer: CInt, _ action: String, _ pointer: String) -> Failure {
        Failure("seccomp: \(action)", cause: .init(call: call, errno: Errno(rawValue: -answer)), pointer: pointer)
    }
}
