import Base
import Testing

@testable import Linux
@testable import Runtime

/// What doctor makes of the answers of its probes.
@Suite("Doctor: findings")
struct FindingTests {
    private static let missing = Answer.fails(Failure("try", "openat2", .ENOSYS))
    private static let forbidden = Answer.fails(Failure("try", "open_tree", .EPERM))

    private func finding(_ what: String, in findings: [Finding]) throws -> Finding {
        try #require(findings.first { $0.what == what })
    }

    @Test("a line has the state, the thing, what was found, what it is for, and how to get it")
    func line() {
        let lacking = Finding("thing", .lacks, "no \u{1B}[m", for: "a purpose", remedy: "do so")
        #expect(lacking.line == "lacks   thing: no \\x1b[m; needed for a purpose; to get it: do so")
        #expect(Finding("thing", .has, for: "it", remedy: "do so").line == "has     thing; needed for it")
        #expect(Finding("thing", .limited, "1", for: "it").line == "limited thing: 1; needed for it")
    }

    @Test("what the kernel does not have is lacking, what it forbids is limited")
    func answers() {
        let lacking = Finding("a", Self.missing, for: "b", remedy: "c")
        #expect(lacking.state == .lacks && lacking.found == "openat2: function not implemented")
        // every supported kernel has this call: a filter hides it
        #expect(lacking.remedy?.contains("a seccomp filter around apus") == true)
        let limited = Finding("a", Self.forbidden, "/x", for: "b", remedy: "c")
        #expect(limited.state == .limited && limited.found == "/x: open_tree: operation not permitted")
        #expect(limited.remedy == "c")
        #expect(Finding("a", .works, "/x", for: "b", remedy: "c").remedy == nil)
    }

    @Test("a failure stays what it was on its way out of a process")
    func encoding() {
        let failures = [
            Failure("open it", "openat", .EACCES, hint: "do so"), Failure("no such thing"),
            Failure("", "mount", .EPERM),
        ]
        for failure in failures { #expect(Probe.decoded(Probe.encoded(failure)) == failure) }
        #expect(Probe.decoded("nonsense").cause == nil)
    }

    @Test("a probe that hangs, dies or fails says so, and one that works works")
    func probes() {
        #expect(Probe.ask {} == .works)
        let failed = Probe.ask { () throws(Failure) in _ = try open("/nonexistent", .readOnly) }
        #expect(failed.errno == .ENOENT && failed.reason == "open: no such file or directory")
        let killed = Probe.ask { () throws(Failure) in
            try PidDescriptor(pid: ThisProcess.pid).send(signal: 9)
        }
        #expect(killed.reason.hasSuffix("killed by signal 9"))
        #expect(throws: Failure.self) {
            try Probe.text(within: 50) { () throws(Failure) in
                Clock.sleep(milliseconds: 60_000)
                return ""
            }
        }
    }

    @Test("the kernel's version is compared, the other lines come from the calls")
    func kernel() throws {
        var answers = KernelAnswers(release: "4.19.0", version: KernelVersion(major: 4, minor: 19))
        answers.openat2 = Self.missing
        #expect(try finding("kernel", in: answers.findings).state == .lacks)
        #expect(try finding("openat2", in: answers.findings).state == .lacks)
        #expect(try finding("clone3", in: answers.findings).state == .has)
        #expect(try finding("Landlock", in: answers.findings).state == .lacks)
        answers.landlock = 4
        #expect(try finding("Landlock", in: answers.findings).found == "ABI 4")
    }

    @Test(
        "each sysctl that forbids user namespaces is named, with the way out",
        arguments: [
            (UserNamespaceSysctls(most: 0), "user.max_user_namespaces is 0", "sysctl user.max_user_namespaces=15000"),
            (
                UserNamespaceSysctls(most: 9, debian: 0), "kernel.unprivileged_userns_clone is 0",
                "sysctl kernel.unprivileged_userns_clone=1"
            ),
            (
                UserNamespaceSysctls(most: 9, debian: 1, ubuntu: 1),
                "kernel.apparmor_restrict_unprivileged_userns is 1",
                "an AppArmor profile for apus with the rule 'userns,'"
            ),
        ])
    func sysctls(sysctls: UserNamespaceSysctls, found: String, remedy: String) throws {
        var answers = NamespaceAnswers()
        answers.sysctls = sysctls
        // for root it works all the same
        let limited = try finding("user namespaces", in: answers.findings)
        #expect(limited.state == .limited && limited.found == found)
        answers.user = .fails(Failure("try", "unshare", .EPERM))
        let lacking = try finding("user namespaces", in: answers.findings)
        #expect(lacking.state == .lacks && lacking.found == "unshare: operation not permitted; \(found)")
        #expect(lacking.remedy?.hasPrefix(remedy) == true)
    }

    @Test("sysctls that forbid nothing are no news")
    func openSysctls() throws {
        var answers = NamespaceAnswers()
        answers.sysctls = UserNamespaceSysctls(most: 9, debian: 1, ubuntu: 0)
        #expect(try finding("user namespaces", in: answers.findings).state == .has)
    }

    @Test("each layout of cgroups is told, and which controllers are missing or not delegated")
    func cgroups() throws {
        var answers = CgroupAnswers()
        answers.controllers = ["cpu", "cpuset", "io", "memory", "pids", "rdma"]
        answers.delegated = answers.controllers
        for what in ["cgroup version", "cgroup controllers", "cgroup delegation", "cgroup.kill"] {
            #expect(try finding(what, in: answers.findings).state == .has)
        }
        answers.controllers = ["cpu", "memory"]
        answers.delegated = ["memory"]
        answers.place = "/user.slice"
        let some = try finding("cgroup controllers", in: answers.findings)
        #expect(some.state == .limited && some.found == "cpu memory, without cpuset io pids")
        let delegated = try finding("cgroup delegation", in: answers.findings)
        #expect(delegated.state == .limited && delegated.found == "below /user.slice: memory, without cpu")
        answers.made = .fails(Failure("make it", "mkdirat", .EACCES))
        #expect(
            try finding("cgroup delegation", in: answers.findings).line.hasPrefix(
                "lacks   cgroup delegation: below /user.slice: mkdirat: permission denied;"))
        answers.layout = .hybrid("/sys/fs/cgroup/unified")
        #expect(try finding("cgroup version", in: answers.findings).found == "1, and 2 at /sys/fs/cgroup/unified")
        answers.layout = .v1
        #expect(try finding("cgroup version", in: answers.findings).state == .lacks)
        answers.layout = .absent
        #expect(try finding("cgroup version", in: answers.findings).remedy == "mount -t cgroup2 cgroup2 /sys/fs/cgroup")
    }

    @Test("what run said is split into its reason and its hint, without the word about doctor itself")
    func said() {
        #expect(Trial.said("apus run failed: no") == Failure("apus run failed: no"))
        #expect(Trial.said("no; hint: do so") == Failure("no", hint: "do so"))
        #expect(Trial.said("no; hint: do so; \(doctorWord)") == Failure("no", hint: "do so"))
        #expect(Trial.said("no; hint: \(doctorWord)") == Failure("no"))
    }

    @Test("the verdict is the trial's, and names what was missing")
    func verdict() {
        let good = Diagnosis([Finding("openat2", .has, for: "x")], trial: .works)
        #expect(
            good.canRun && good.findings.last?.line == "has     a plain container: one was run; needed for everything")
        let bad = Diagnosis(
            [Finding("openat2", .lacks, for: "x"), Finding("Landlock", .lacks, for: "x")],
            trial: .fails(Failure("open it", "openat2", .ENOSYS)))
        #expect(!bad.canRun)
        #expect(
            bad.findings.last?.line
                == "lacks   a plain container: open it: function not implemented; needed for everything; "
                + "to get it: see above: openat2")
        #expect(bad.text.split(separator: "\n").count == 3)
    }
}
