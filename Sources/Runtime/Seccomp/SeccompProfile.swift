import Base
import Linux
import OCI

/// A checked seccomp profile, in the form that libseccomp needs. The same profile always gives the same value, on any
/// host.
struct SeccompProfile: Equatable {
    /// Calls, by name, that get a verdict if all conditions hold.
    struct Rule: Equatable {
        var names: [String]
        var verdict: SeccompVerdict
        /// Lists of conditions. The rule holds if one of the lists holds, and a list holds if all its conditions do.
        /// Each list is one call to libseccomp.
        var alternatives: [[SeccompArgument]]
        /// Where the rule is in config.json.
        var pointer: String
    }

    /// What happens to a call that no rule matches.
    var defaultVerdict: SeccompVerdict
    /// Tables besides the native one, which a filter always has.
    var architectures: [SeccompArchitecture]
    /// The rules that differ from the default.
    var rules: [Rule]
    /// The calls of rules that give the default verdict. They need no rule, but the profile knows them
    /// (``NewerCalls``).
    var namesLikeDefault: [String] = []
    /// How the kernel should run the filter.
    var flags: SeccompFilter.Flags
    /// Who decides about calls with `SCMP_ACT_NOTIFY`; nil if no call has it.
    var listener: SeccompListener?
    /// Whether a call that libseccomp does not know is a failure (crun(1), `run.oci.seccomp_fail_unknown_syscall`).
    var failsOnUnknownCalls = false
    /// Flags that were given but have no effect, for a debug line.
    var idleFlags: [String]

    /// - Returns: nil if config.json asks for no filter. An empty default action without rules means that too
    ///   (WhatConfigMeans, "Seccomp").
    static func of(
        _ seccomp: Seccomp?, _ annotations: Annotations? = nil, _ refuse: Refuse = throwing
    ) throws(Failure) -> SeccompProfile? {
        guard let seccomp, seccomp.defaultAction != nil || !(seccomp.syscalls ?? []).isEmpty else { return nil }
        var profile = try SeccompProfile(seccomp, receiver: annotations?[SeccompListener.annotation], refuse)
        profile.failsOnUnknownCalls = annotations?[Self.failOnUnknown] != nil
        return profile
    }

    static let failOnUnknown = "run.oci.seccomp_fail_unknown_syscall"

    /// Checks `/linux/seccomp`.
    ///
    /// - Throws: What `refuse` throws: ``Failure`` with a pointer for what the spec forbids or apus does not support.
    ///   That is an unknown architecture or flag, an errno for an action that takes none, an argument above 5, a rule
    ///   without names, or `SCMP_ACT_NOTIFY` without a listener.
    init(_ seccomp: Seccomp, receiver: String? = nil, _ refuse: Refuse = throwing) throws(Failure) {
        let place = "/linux/seccomp"
        if seccomp.defaultAction == nil {
            try refuse(
                Failure(
                    "a seccomp profile with rules needs a default action", pointer: "\(place)/defaultAction",
                    code: .emptyValue))
        }
        let defaultAction = seccomp.defaultAction ?? .allow
        if defaultAction == .notify {
            try refuse(
                Failure(
                    "SCMP_ACT_NOTIFY cannot be the default action", pointer: "\(place)/defaultAction", code: .conflict))
        }
        defaultVerdict = try SeccompVerdict(
            defaultAction, errno: seccomp.defaultErrnoRet, pointer: "\(place)/defaultErrnoRet", refuse)
        architectures = []
        for (index, word) in (seccomp.architectures ?? []).enumerated() {
            guard let architecture = SeccompArchitecture(word: word) else {
                try refuse(
                    Failure(
                        "unknown seccomp architecture \(word)", pointer: "\(place)/architectures/\(index)",
                        code: .unknownValue))
                continue
            }
            if !architectures.contains(architecture) { architectures.append(architecture) }
        }
        (flags, idleFlags) = try Self.flags(seccomp.flags, refuse)
        do throws(Failure) { listener = try SeccompListener(seccomp, receiver: receiver) } catch {
            try refuse(error)
            listener = nil
        }
        if listener != nil {
            flags.insert(.newListener)
        } else if flags.remove(.waitKillable) != nil {
            // The flag is about waiting for a listener; the kernel accepts it only together with one.
            idleFlags.append("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
        }
        if seccomp.listenerMetadata.map({ !$0.isEmpty }) ?? false, seccomp.listenerPath?.isEmpty ?? true {
            try refuse(
                Failure(
                    "listenerMetadata without listenerPath", pointer: "\(place)/listenerMetadata",
                    code: .missingCompanion))
        }
        rules = []
        for (index, rule) in (seccomp.syscalls ?? []).enumerated() {
            let rule = try Self.rule(rule, pointer: "\(place)/syscalls/\(index)", refuse)
            // libseccomp refuses a rule that gives the default verdict (EACCES).
            if rule.verdict != defaultVerdict { rules.append(rule) } else { namesLikeDefault += rule.names }
        }
    }

    /// One line for `explain`.
    var summary: String {
        let names = rules.reduce(0) { $0 + $1.names.count }
        var text = "seccomp filter: \(defaultVerdict.words) but for \(names) system calls in \(rules.count) rules"
        for architecture in architectures { text += ", \(architecture.libraryName)" }
        if NewerCalls.areRefused(beside: defaultVerdict) { text += "; ENOSYS for calls newer than these" }
        return text
    }

    /// Reads the flags. `SPEC_ALLOW` and `LOG` are older than the oldest kernel that apus supports, so the kernel need
    /// not be asked about them.
    private static func flags(
        _ words: [String]?, _ refuse: Refuse
    ) throws(Failure) -> (SeccompFilter.Flags, idle: [String]) {
        guard let words else { return (.allowSpeculation, []) }
        var flags: SeccompFilter.Flags = []
        var idle: [String] = []
        for (index, word) in words.enumerated() {
            switch word {
            case "SECCOMP_FILTER_FLAG_LOG": flags.insert(.log)
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW": flags.insert(.allowSpeculation)
            // TSYNC copies the filter to the other threads. There is only one thread.
            case "SECCOMP_FILTER_FLAG_TSYNC": idle.append(word)
            case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV": flags.insert(.waitKillable)
            default:
                try refuse(
                    Failure(
                        "unknown seccomp flag \(word)", pointer: "/linux/seccomp/flags/\(index)", code: .unknownValue))
            }
        }
        return (flags, idle)
    }

    private static func rule(_ rule: SeccompRule, pointer: String, _ refuse: Refuse) throws(Failure) -> Rule {
        if rule.names.isEmpty {
            try refuse(Failure("a seccomp rule without names", pointer: "\(pointer)/names", code: .emptyValue))
        }
        var conditions = rule.args ?? []
        for (index, condition) in conditions.enumerated() where condition.index > 5 {
            try refuse(
                Failure(
                    "a system call has arguments 0 to 5, not \(condition.index)",
                    pointer: "\(pointer)/args/\(index)/index", code: .outOfRange))
        }
        conditions.removeAll { $0.index > 5 }
        return Rule(
            names: rule.names,
            verdict: try SeccompVerdict(rule.action, errno: rule.errnoRet, pointer: "\(pointer)/errnoRet", refuse),
            alternatives: alternatives(conditions), pointer: pointer)
    }

    /// All conditions of a rule must hold (CVE-2017-18367: libseccomp-golang let any one of them suffice). If two
    /// conditions are about the same argument, libseccomp cannot express them in one rule. Only then does each
    /// condition become a rule of its own, as in runc and crun (WhatConfigMeans, "Seccomp").
    private static func alternatives(_ conditions: [SeccompArgument]) -> [[SeccompArgument]] {
        var seen: UInt32 = 0
        var isRepeated = false
        for condition in conditions {
            isRepeated = isRepeated || seen & (1 << condition.index) != 0
            seen |= 1 << condition.index
        }
        return isRepeated ? conditions.map { [$0] } : [conditions]
    }
}
