import Glibc
import Testing

/// A failure for each kind of step that only `exec` has, and for some that it shares with create.
extension StepFailureTests {
    static let execCases = [
        exec("open-cgroup", "there is no cgroup", options: ["--cgroup", "nothing"]),
        exec("clear-groups", "set the additional groups", fault: .call("setgroups")),
        exec("join-init", "join the container's namespaces", fault: .call("setns")),
        // The runtime's first call of that name belongs to the sealed binary.
        exec("leave-host", "close the runtime's descriptors", fault: .call("close_range", "EINVAL", turn: 2)),
        exec("set-affinity", "choose the processors", at: "/process/execCPUAffinity/initial") {
            $0["process"]["execCPUAffinity"]["initial"] = "4000"
        },
        exec("set-affinity", "choose the processors", at: "/process/execCPUAffinity/final") {
            $0["process"]["execCPUAffinity"]["final"] = "4000"
        },
        exec("record-process", "no such file or directory", options: ["--pid-file", "ID/none/exec-pid"]),
        exec(
            "enter-foreground", "wait for signals", fault: .call("signalfd4"), options: ["--pid-file", "ID/exec-pid"]),
        exec("await-program", "receive a packet", fault: .call("recvmsg", "EIO", turn: 2)),
        exec("clone", "make the process", fault: .call("clone3", "EAGAIN")),
        exec("become-root", "become group 0", at: "/linux/uidMappings", fault: .call("setresgid", "EINVAL")) {
            $0.mapUsers()
        },
        exec("label", "AppArmor profile nothing", options: ["--apparmor", "nothing"]),
        exec("limit", "set RLIMIT_NOFILE", at: "/process/rlimits/0", fault: .call("prlimit64", like: "RLIMIT_NOFILE")),
    ]

    private static func exec(
        _ kind: String, _ words: String, at pointer: String? = nil, fault: Fault? = nil, options: [String] = [],
        _ edit: @escaping @Sendable (inout JSON) throws -> Void = { _ in }
    ) -> Case {
        Case(
            kind: kind, words: words, pointer: pointer, fault: fault,
            edit: { config in
                config.args = ["/bin/sleep", "1000"]
                try edit(&config)
            }, options: options, isExec: true)
    }
}
