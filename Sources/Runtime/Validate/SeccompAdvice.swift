import Base
import OCI

/// Finds seccomp profiles that are correct but keep the container from starting. They stop calls that init makes under
/// the filter, before the program makes any.
///
/// Without a listener these calls are execve(2), and before it capset(2) if init has to give up CAP_SYS_ADMIN: unless
/// noNewPrivileges is set, the kernel accepts a filter only from a process that has this capability (seccomp(2)). With
/// a listener the filter is loaded while `create` still waits. So the calls with which init waits for `start` are under
/// the filter too.
enum SeccompAdvice {
    static func all(_ seccomp: Seccomp?, _ process: Process?) -> [(Problem.Level, Failure)] {
        guard let seccomp, seccomp.defaultAction != nil else { return [] }
        var advice: [(Problem.Level, Failure)] = []
        for name in needed(seccomp, process) {
            guard let place = stops(name, seccomp) else { continue }
            let what = "the seccomp profile stops every container: it does not let the runtime call \(name)"
            let failure = Failure(
                what, pointer: place, hint: "allow \(name); the program itself may need more", code: .discouraged)
            advice.append((.warning, failure))
        }
        if seccomp.listenerPath?.isEmpty == false, !hasListener(seccomp) {
            let what = "listenerPath is ignored without the action SCMP_ACT_NOTIFY"
            advice.append((.info, Failure(what, pointer: "/linux/seccomp/listenerPath", code: .noEffect)))
        }
        return advice
    }

    /// The calls that init makes, in order.
    static func needed(_ seccomp: Seccomp, _ process: Process?) -> [String] {
        let isLocked = process?.noNewPrivileges == true
        let isAdministrator = process?.capabilities?.effective?.contains("CAP_SYS_ADMIN") == true
        let reduces = isLocked || isAdministrator ? [] : ["capset"]
        let own = hasListener(seccomp) ? Self.gate : []
        return own + reduces + ["execve"]
    }

    /// The calls that init makes from the handover of the listener to execve.
    private static let gate = [
        "recvmsg", "close", "sendmsg", "rt_sigprocmask", "signalfd4", "poll", "accept4", "close_range",
    ]

    private static func hasListener(_ seccomp: Seccomp) -> Bool {
        (seccomp.syscalls ?? []).contains { $0.action == .notify }
    }

    /// Where the profile stops a call, whatever its arguments are; nil if the call may pass.
    ///
    /// Of several rules without conditions the first counts, as in libseccomp.
    private static func stops(_ name: String, _ seccomp: Seccomp) -> String? {
        let place = "/linux/seccomp"
        for (index, rule) in (seccomp.syscalls ?? []).enumerated() where rule.names.contains(name) {
            if passes(rule.action) { return nil }
            if rule.args?.isEmpty ?? true { return "\(place)/syscalls/\(index)/action" }
        }
        return passes(seccomp.defaultAction) ? nil : "\(place)/defaultAction"
    }

    private static func passes(_ action: SeccompAction?) -> Bool {
        switch action {
        case .allow, .log, .notify, nil: true
        default: false
        }
    }
}
