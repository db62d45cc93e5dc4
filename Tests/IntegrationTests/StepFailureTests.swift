import Glibc
import Testing

@testable import Runtime

/// For every kind of step a container in which a step of that kind fails: by a system call that strace(1) makes fail, or by a
/// hostile bundle; never by a switch in the runtime. The message names the right place, and nothing is left.
@Suite("Failing steps", .inMachine, .oursOnly)
struct StepFailureTests {
    /// A step that fails.
    struct Case: Sendable, CustomTestStringConvertible {
        /// The word of its kind.
        var kind: String
        /// A part of the message.
        var words: String
        /// The place in config.json; nil where nothing there asked.
        var pointer: String?
        var fault: Fault?
        /// What is wrong in config.json.
        var edit: @Sendable (inout JSON) throws -> Void = { _ in }
        /// What is wrong around it.
        var prepare: @Sendable (Bundle) throws -> Void = { _ in }
        var options: [String] = []

        var testDescription: String { kind }
    }

    /// A system call that fails.
    struct Fault: Sendable {
        var call: String
        var errno: String
        /// Which one, by what strace prints of it in a run where nothing fails: the first that contains this.
        var like: String?
        /// Which one, counted in each process from 1, where `like` is nil.
        var turn = 1
        /// Only calls about this path, in which `ID` stands for the bundle's folder.
        var path: String?

        static func call(_ call: String, _ errno: String = "EPERM", turn: Int = 1) -> Fault {
            Fault(call: call, errno: errno, turn: turn)
        }

        static func call(_ call: String, _ errno: String = "EPERM", like: String) -> Fault {
            Fault(call: call, errno: errno, like: like)
        }
    }

    @Test("each kind of step has a failure here")
    func complete() {
        let kinds = HostStep.Kind.allCases.map(\.rawValue) + InsideStep.Kind.allCases.map(\.rawValue) + ["clone"]
        for kind in kinds where !Self.cannotFail.contains(kind) {
            #expect(Self.cases.contains { $0.kind == kind }, "no failure of the step \(kind)")
        }
        for kind in Self.cases.map(\.kind) { #expect(kinds.contains(kind), "there is no step \(kind)") }
    }

    /// Steps that go on without what they looked for: ``homeWithoutPasswd()``.
    static let cannotFail = ["find-home"]

    @Test("the step fails: the message names the place, and nothing is left", arguments: cases)
    func fails(one: Case) throws {
        try Bundle.with {
            try one.edit(&$0)
        } _: { bundle in
            try one.prepare(bundle)
            let words =
                ["run", "--bundle", bundle.folder] + one.options.map { $0.replacing("ID", with: bundle.folder) }
            let outcome =
                try one.fault.map { try bundle.call(words + [bundle.id], failing: $0) }
                ?? bundle.call(words + [bundle.id])
            expectFailure(outcome, one.words, at: one.pointer)
            if one.pointer == nil { #expect(!outcome.diagnostics.contains("(config.json /"), "\(outcome.said)") }
            bundle.expectNothingLeft()
        }
    }

    @Test("without a readable /etc/passwd HOME is /")
    func homeWithoutPasswd() throws {
        let output = try Bundle.output(of: "echo $HOME") { _ in
        } prepare: { bundle in
            unlink(bundle.rootfs + "/etc/passwd")
            #expect(mkfifo(bundle.rootfs + "/etc/passwd", 0o644) == 0)
        }
        #expect(output == "/\n")
    }
}

extension StepFailureTests {
    static let cases = hostCases + namespaceCases + rootCases + processCases

    private static let hostCases = [
        Case(kind: "seal", words: "the runtime's own binary", fault: .call("mount_setattr")),
        Case(
            kind: "check-root", words: "no such file or directory", pointer: "/root/path",
            edit: { $0["root"]["path"] = "none" }),
        Case(kind: "take-id", words: "no space left", fault: .call("mkdirat", "ENOSPC", like: "0700")),
        Case(kind: "make-gate", words: "exec.fifo", fault: .call("mknodat")),
        Case(
            kind: "open-namespace", words: "no such file or directory", pointer: "/linux/namespaces/5",
            edit: { $0.join("network", at: "/run/nothing") }),
        Case(
            kind: "make-cgroup", words: "permission denied", pointer: "/linux/cgroupsPath",
            fault: .call("mkdirat", "EACCES", like: "0755")),
        Case(
            kind: "write-cgroup", words: "cpuset.cpus", pointer: "/linux/resources/cpu/cpus",
            edit: { $0["linux"]["resources"]["cpu"]["cpus"] = "4000" }),
        Case(kind: "filter-devices", words: "device rules", pointer: "/linux/resources/devices", fault: .call("bpf")),
        Case(
            kind: "open-tree", words: "no such file or directory", pointer: "/mounts/7/source",
            edit: {
                $0.mapUsers()
                $0.bind("/run/nothing", on: "/x")
            }),
        Case(
            kind: "compile-seccomp", words: "seccomp", pointer: "/linux/seccomp/syscalls/1",
            edit: { config in
                let condition: JSON = [["index": 0, "value": 1, "op": "SCMP_CMP_EQ"]]
                config["linux"]["seccomp"] = [
                    "defaultAction": "SCMP_ACT_ALLOW",
                    "syscalls": [
                        ["names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": condition],
                        ["names": ["personality"], "action": "SCMP_ACT_KILL_PROCESS", "args": condition],
                    ],
                ]
            }),
        Case(
            kind: "join-as-host", words: "join the pid namespace", pointer: "/linux/namespaces/5",
            fault: .call("setns"),
            edit: { $0.join("pid", at: "/proc/self/ns/pid") }),
        Case(kind: "forbid-tracing", words: "forbid tracing", fault: .call("prctl", like: "PR_SET_DUMPABLE")),
        Case(kind: "clone", words: "first process", fault: .call("clone3", "EAGAIN")),
        Case(
            kind: "return-to-namespace", words: "the host's pid namespace", fault: .call("setns", turn: 2),
            edit: { $0.join("pid", at: "/proc/self/ns/pid") }),
        Case(
            kind: "map-ids", words: "uid_map", pointer: "/linux/uidMappings",
            edit: { config in
                config.mapUsers()
                config["linux"]["uidMappings"] = [
                    ["containerID": 0, "hostID": 100000, "size": 10], ["containerID": 5, "hostID": 200000, "size": 10],
                ]
            }),
        Case(
            kind: "adjust-oom-score", words: "oom_score_adj", pointer: "/process/oomScoreAdj",
            fault: .call("write", "EACCES", like: "\"321\""), edit: { $0["process"]["oomScoreAdj"] = 321 }),
        Case(
            kind: "run-hook", words: "exit status 1", pointer: "/hooks/createRuntime/0",
            edit: { $0["hooks"]["createRuntime"] = [["path": "/bin/false"]] }),
        Case(
            kind: "limit", words: "operation not permitted", pointer: "/process/rlimits/0",
            edit: { config in
                let number: JSON = .number("9223372036854775807")
                config["process"]["rlimits"] = [["type": "RLIMIT_NOFILE", "soft": number, "hard": number]]
            }),
        Case(
            kind: "record-container", words: "no such file or directory", options: ["--pid-file", "ID/none/pid"]),
    ]

    private static let namespaceCases = [
        Case(
            kind: "become-root", words: "invalid argument", pointer: "/linux/uidMappings",
            edit: { config in
                config.mapUsers()
                config["linux"]["gidMappings"] = [["containerID": 1, "hostID": 100000, "size": 10]]
            }),
        Case(kind: "start-session", words: "start a session", fault: .call("setsid")),
        Case(
            kind: "join", words: "join the network namespace", pointer: "/linux/namespaces/5", fault: .call("setns"),
            edit: { $0.join("network", at: "/proc/self/ns/net") }),
        Case(
            kind: "new-cgroup-namespace", words: "no space left", pointer: "/linux/namespaces/5",
            fault: .call("unshare", "ENOSPC")),
        Case(kind: "join-keyring", words: "session keyring", fault: .call("keyctl", "EDQUOT")),
        Case(
            kind: "raise-loopback", words: "lo up", pointer: "/linux/namespaces/1",
            fault: .call("ioctl", like: "SIOCSIFFLAGS")),
        Case(
            kind: "open-proc", words: "mount proc", pointer: "/linux/sysctl", fault: .call("fsopen"),
            edit: { $0["linux"]["sysctl"]["net.ipv4.ip_forward"] = "1" }),
        Case(
            kind: "sysctl", words: "no such file or directory", pointer: "/linux/sysctl/net.ipv4.nothing",
            edit: { $0["linux"]["sysctl"]["net.ipv4.nothing"] = "1" }),
        Case(kind: "hostname", words: "set the hostname", pointer: "/hostname", fault: .call("sethostname")),
        Case(
            kind: "domainname", words: "set the domainname", pointer: "/domainname", fault: .call("setdomainname"),
            edit: { $0["domainname"] = "example" }),
    ]

    private static let rootCases = [
        Case(
            kind: "propagate", words: "too many open files", fault: Fault(call: "openat", errno: "EMFILE", path: "/")),
        Case(kind: "bind-root", words: "the rootfs", pointer: "/root/path", fault: .call("move_mount")),
        Case(
            kind: "open-root", words: "permission denied", pointer: "/root/path",
            edit: { config in
                try withoutMounts(&config)
                config.mapUsers()
            }, prepare: { chmod($0.folder, 0o700) }),
        Case(
            kind: "change-root", words: "make the rootfs the root", pointer: "/root/path", fault: .call("chroot"),
            edit: withoutMounts),
        Case(kind: "mount", words: "no such device", pointer: "/mounts/7", edit: { $0.mount("/x", type: "nothing") }),
        Case(
            kind: "mount-cgroup", words: "cgroup2", pointer: "/mounts/6",
            fault: .call("fsopen", "ENOMEM", like: "cgroup2")),
        Case(
            kind: "bind", words: "no such file or directory", pointer: "/mounts/7",
            edit: { $0.bind("/run/nothing", on: "/x") }),
        Case(
            kind: "remount", words: "no such file or directory", pointer: "/mounts/7",
            edit: { $0.mount("/nothing", ["remount", "ro"]) }),
        Case(
            kind: "make-device", words: "something else is there", pointer: "/linux/devices/0",
            edit: { $0["linux"]["devices"] = [["path": "/etc/passwd", "type": "c", "major": 1, "minor": 3]] }),
        Case(kind: "link-devices", words: "no space left", fault: .call("symlinkat", "ENOSPC")),
        Case(kind: "reopen-null", words: "replace descriptor", fault: .call("dup3")),
        Case(kind: "pivot", words: "make the rootfs the root", pointer: "/root/path", fault: .call("pivot_root")),
        Case(
            kind: "return-propagation", words: "set the mount flags", pointer: "/linux/rootfsPropagation",
            fault: .call("mount_setattr", like: "MS_UNBINDABLE|after"),
            edit: { $0["linux"]["rootfsPropagation"] = "unbindable" }),
        Case(
            kind: "seal-mount", words: "set the mount flags of /sealed", pointer: "/mounts/7",
            fault: .call("mount_setattr", like: "last"),
            edit: { config in
                config.mount("/sealed", ["ro"])
                config["linux"]["readonlyPaths"] = .null
            }),
        Case(
            kind: "read-only-root", words: "set the mount flags of /:", pointer: "/root/readonly",
            fault: .call("mount_setattr", like: "last"),
            edit: { config in
                config["root"]["readonly"] = true
                config["linux"]["readonlyPaths"] = .null
            }),
        Case(
            kind: "read-only-path", words: "/proc/bus", pointer: "/linux/readonlyPaths/0",
            fault: .call("open_tree", turn: 2)),
        Case(
            kind: "mask", words: "/dev/null", pointer: "/linux/maskedPaths/0",
            edit: { config in
                config["linux"]["maskedPaths"] = ["/proc/kcore"]
                config["linux"]["devices"] = [["path": "/dev/null", "type": "c", "major": 1, "minor": 5]]
            }),
    ]

    private static let processCases = [
        Case(
            kind: "working-directory", words: "chdir to cwd", pointer: "/process/cwd",
            edit: { $0["process"]["cwd"] = "/etc/passwd" }),
        Case(
            kind: "load-seccomp", words: "load the seccomp filter", pointer: "/linux/seccomp",
            fault: .call("seccomp", "EINVAL"),
            edit: { config in
                config["process"]["noNewPrivileges"] = false
                config["linux"]["seccomp"] = ["defaultAction": "SCMP_ACT_ALLOW"]
            }),
        Case(
            kind: "bound-capabilities", words: "operation not permitted", pointer: "/process/capabilities/bounding",
            fault: .call("prctl", like: "PR_CAPBSET_DROP")),
        Case(kind: "become-user", words: "groups", pointer: "/process/user", fault: .call("setgroups")),
        Case(
            kind: "grant-capabilities", words: "capabilities", pointer: "/process/capabilities", fault: .call("capset")),
        Case(
            kind: "forbid-new-privileges", words: "noNewPrivileges", pointer: "/process/noNewPrivileges",
            fault: .call("prctl", "EINVAL", like: "PR_SET_NO_NEW_PRIVS")),
        Case(
            kind: "verify-directory", words: "find the current directory", pointer: "/process/cwd",
            fault: .call("getcwd", "ENOENT", turn: 2), edit: { $0["process"]["cwd"] = "/etc" }),
        Case(
            kind: "find-program", words: "exec: \"nothing\": executable file not found in $PATH",
            pointer: "/process/args/0",
            edit: { $0.args = ["nothing"] }),
        Case(
            kind: "wait-for-start", words: "",
            fault: Fault(call: "read", errno: "EIO", path: "ID/state/NAME/exec.fifo")),
        Case(
            kind: "execute", words: "exec format error", pointer: "/process/args", edit: { $0.args = ["/etc/script"] },
            prepare: { bundle in
                try Files.write(bundle.rootfs + "/etc/script", "echo no interpreter\n")
                chmod(bundle.rootfs + "/etc/script", 0o755)
            }),
    ]

    /// A container that shares the machine's mount namespace, and so can have no mounts.
    @Sendable private static func withoutMounts(_ config: inout JSON) throws {
        config.share("mount")
        config["mounts"] = .null
        config["linux"]["maskedPaths"] = .null
        config["linux"]["readonlyPaths"] = .null
    }
}

extension Bundle {
    /// Calls the runtime under strace, which lets `fault` happen in it, or in all that it starts.
    fileprivate func call(_ words: [String], failing fault: StepFailureTests.Fault) throws -> Outcome {
        let turn = try fault.like.map { try find($0, among: fault.call, words) } ?? fault.turn
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        var strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(fault.call)"]
        strace += ["-e", "inject=\(fault.call):error=\(fault.errno):when=\(turn)"]
        if let path = fault.path { strace += ["-P", path.replacing("ID", with: folder).replacing("NAME", with: id)] }
        var outcome = try Program.run(strace + self.words(words, log: log), limit: 300)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    /// Which call of its process contains `text`, counted from 1, in a run in which nothing fails; with `last`, the last of the
    /// process that made most; with `X|after`, the last that contains X.
    private func find(_ text: String, among call: String, _ words: [String]) throws -> Int {
        let file = folder + "/log/strace"
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        let outcome = try Program.run(
            ["strace", "-f", "-qq", "-s", "64", "-o", file, "-e", "trace=\(call)"] + self.words(words, log: log),
            limit: 300)
        guard outcome.exit == 0 else { throw FixtureFailure("the run without a fault failed: \(outcome.said)") }
        var counts: [String: Int] = [:], found: [Int] = []
        let wanted = text.hasSuffix("|after") ? String(text.dropLast(6)) : text
        for line in try Files.text(file).lines {
            guard let pid = line.words.first, line.contains(" \(call)(") else { continue }
            counts[pid, default: 0] += 1
            if line.contains(wanted) { found.append(counts[pid] ?? 0) }
        }
        if text == "last" { return counts.values.max() ?? 1 }
        guard let turn = text.hasSuffix("|after") ? found.last : found.first else {
            throw FixtureFailure("no \(call) with \(text)")
        }
        return turn
    }
}
