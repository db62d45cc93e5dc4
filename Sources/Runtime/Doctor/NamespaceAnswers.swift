import Base
import CShim
import Linux

/// Which namespaces the caller can make.
struct NamespaceAnswers: Equatable {
    /// A user namespace, and the rights in it.
    var user = Answer.works
    /// The kinds that could not be made, with the reason.
    var missing: [Missing] = []
    var network = Answer.works
    var time = Answer.works
    var sysctls = UserNamespaceSysctls()

    /// A kind of namespace that could not be made.
    struct Missing: Equatable {
        var kind: String
        var answer: Answer
    }

    static func probe(isPrivileged: Bool) -> NamespaceAnswers {
        var answers = NamespaceAnswers()
        // AppArmor may let a program make a user namespace and refuse all rights in it. So we use one there.
        answers.user = Probe.ask(in: [.user, .mount]) { () throws(Failure) in try MountProbe.becomeReceiver() }
        let base: NamespaceFlags = isPrivileged ? [] : .user
        let kinds: [(NamespaceFlags, String)] = [
            (.mount, "mount"), (.pid, "pid"), (.ipc, "ipc"), (.uts, "uts"), (.cgroup, "cgroup"),
        ]
        for (kind, name) in kinds {
            let answer = Probe.ask(in: base.union(kind)) {}
            if !answer.isYes { answers.missing.append(Missing(kind: name, answer: answer)) }
        }
        answers.network = Probe.ask(in: base.union(.network)) {}
        answers.time = Probe.ask(in: base.union(.time)) {}
        answers.sysctls = .read()
        return answers
    }

    /// The lines about them.
    var findings: [Finding] {
        let isComplete = missing.isEmpty
        return [
            userFinding,
            Finding(
                "namespaces", isComplete ? .has : .lacks,
                isComplete
                    ? "mount, pid, ipc, uts, cgroup"
                    : missing.map { "\($0.kind): \($0.answer.reason)" }.joined(separator: ", "),
                for: "every container",
                remedy: missing.first?.answer.hint ?? "root (CAP_SYS_ADMIN), or user namespaces for this user"),
            Finding(
                "network namespace", network, for: "a network of the container's own",
                remedy: "root (CAP_SYS_ADMIN), or user namespaces for this user; or share the host's network"),
            Finding(
                "time namespace", time, for: "linux.timeOffsets",
                remedy: "a kernel with CONFIG_TIME_NS; root (CAP_SYS_ADMIN), or user namespaces for this user"),
        ]
    }

    private var userFinding: Finding {
        let purpose = "containers without root, and ids of a container that are nobody's on the host"
        let remedy = sysctls.remedy
        guard user.isYes else {
            return Finding(
                "user namespaces", .lacks, [user.reason, sysctls.found].filter { !$0.isEmpty }.joined(separator: "; "),
                for: purpose,
                remedy: user.hint ?? remedy ?? "a kernel with CONFIG_USER_NS, or fewer restrictions around apus")
        }
        // It works for this caller, who may be root. A switch can still forbid it to others.
        return Finding(
            "user namespaces", remedy == nil ? .has : .limited, sysctls.found, for: purpose, remedy: remedy)
    }
}

/// The sysctls that forbid user namespaces; nil for those that this kernel does not have.
struct UserNamespaceSysctls: Equatable {
    /// `user.max_user_namespaces`: how many each user may have here.
    var most: Int?
    /// Debian's `kernel.unprivileged_userns_clone`: 0 leaves them to root.
    var debian: Int?
    /// Ubuntu's `kernel.apparmor_restrict_unprivileged_userns`: not 0 takes all rights in one away from a program that
    /// has no AppArmor profile that allows it.
    var ubuntu: Int?

    static func read() -> UserNamespaceSysctls {
        func number(_ name: String) -> Int? { HostFile.line("/proc/sys/\(name)").flatMap { Int($0) } }
        return UserNamespaceSysctls(
            most: number("user/max_user_namespaces"), debian: number("kernel/unprivileged_userns_clone"),
            ubuntu: number("kernel/apparmor_restrict_unprivileged_userns"))
    }

    /// The switches that forbid something.
    var found: String {
        var found: [String] = []
        if let most, most == 0 { found.append("user.max_user_namespaces is 0") }
        if let debian, debian == 0 { found.append("kernel.unprivileged_userns_clone is 0") }
        if let ubuntu, ubuntu != 0 { found.append("kernel.apparmor_restrict_unprivileged_userns is \(ubuntu)") }
        return found.joined(separator: ", ")
    }

    /// How to allow it; nil if no switch forbids anything.
    var remedy: String? {
        if let most, most == 0 { return "sysctl user.max_user_namespaces=15000" }
        if let debian, debian == 0 { return "sysctl kernel.unprivileged_userns_clone=1" }
        guard let ubuntu, ubuntu != 0 else { return nil }
        return "an AppArmor profile for apus with the rule 'userns,', or sysctl "
            + "kernel.apparmor_restrict_unprivileged_userns=0"
    }
}
