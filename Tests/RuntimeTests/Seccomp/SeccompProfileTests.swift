import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("Checking a seccomp profile")
struct SeccompProfileTests {
    @Test(
        "what the spec forbids, or apus does not support, is refused at its place",
        arguments: [
            (
                Seccomp(defaultAction: .notify), "/linux/seccomp/defaultAction",
                "SCMP_ACT_NOTIFY cannot be the default action"
            ),
            (
                Seccomp(defaultAction: .allow, defaultErrnoRet: 1), "/linux/seccomp/defaultErrnoRet",
                "SCMP_ACT_ALLOW takes no errno, but 1 is given"
            ),
            (
                Seccomp(defaultAction: .errno, defaultErrnoRet: 4095), "/linux/seccomp/defaultErrnoRet",
                "SCMP_ACT_ERRNO takes an errno up to 4094, not 4095"
            ),
            (
                Seccomp(defaultAction: .trace, defaultErrnoRet: 65536), "/linux/seccomp/defaultErrnoRet",
                "SCMP_ACT_TRACE takes an errno up to 65535, not 65536"
            ),
            (
                Seccomp(defaultAction: .allow, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_Z80"]),
                "/linux/seccomp/architectures/1", "unknown seccomp architecture SCMP_ARCH_Z80"
            ),
            (
                Seccomp(defaultAction: .allow, architectures: ["x86_64"]), "/linux/seccomp/architectures/0",
                "unknown seccomp architecture x86_64"
            ),
            (
                Seccomp(defaultAction: .allow, flags: ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_NEW_LISTENER"]),
                "/linux/seccomp/flags/1", "unknown seccomp flag SECCOMP_FILTER_FLAG_NEW_LISTENER"
            ),
            (
                Seccomp(defaultAction: .allow, listenerMetadata: "x"), "/linux/seccomp/listenerMetadata",
                "listenerMetadata without listenerPath"
            ),
            (
                Seccomp(defaultAction: .allow, syscalls: [SeccompRule(names: [], action: .errno)]),
                "/linux/seccomp/syscalls/0/names", "a seccomp rule without names"
            ),
            (
                Seccomp(
                    defaultAction: .errno,
                    syscalls: [
                        SeccompRule(names: ["read"], action: .allow),
                        SeccompRule(names: ["write"], action: .killProcess, errnoRet: 5),
                    ]), "/linux/seccomp/syscalls/1/errnoRet", "SCMP_ACT_KILL_PROCESS takes no errno, but 5 is given"
            ),
            (
                Seccomp(
                    defaultAction: .errno,
                    syscalls: [
                        SeccompRule(
                            names: ["read"], action: .allow,
                            args: [
                                SeccompArgument(index: 5, value: 0, op: .equal),
                                SeccompArgument(index: 6, value: 0, op: .equal),
                            ])
                    ]), "/linux/seccomp/syscalls/0/args/1/index", "a system call has arguments 0 to 5, not 6"
            ),
            (
                Seccomp(
                    defaultAction: .allow, listenerPath: "",
                    syscalls: [
                        SeccompRule(names: ["read"], action: .log), SeccompRule(names: ["mkdir"], action: .notify),
                    ]),
                "/linux/seccomp/syscalls/1/action", "SCMP_ACT_NOTIFY needs a listenerPath"
            ),
            (
                Seccomp(defaultAction: nil, syscalls: [SeccompRule(names: ["mkdir"], action: .allow)]),
                "/linux/seccomp/defaultAction", "a seccomp profile with rules needs a default action"
            ),
        ] as [(Seccomp, String, String)])
    func refused(seccomp: Seccomp, pointer: String, action: String) {
        let failure = #expect(throws: Failure.self) { try SeccompProfile(seccomp) }
        #expect(failure?.pointer == pointer)
        #expect(failure?.action == action)
    }

    @Test("no flags and an empty list of flags differ")
    func flags() throws {
        #expect(try SeccompProfile(Seccomp(defaultAction: .allow)).flags == .allowSpeculation)
        #expect(try SeccompProfile(Seccomp(defaultAction: .allow, flags: [])).flags == [])
        let all = try SeccompProfile(
            Seccomp(
                defaultAction: .allow,
                flags: [
                    "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
                ]))
        #expect(all.flags == [.log, .allowSpeculation])
        #expect(all.idleFlags == ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])
    }

    @Test("there is a listener exactly if a rule needs it, and its flags with it")
    func listener() throws {
        var seccomp = Seccomp(
            defaultAction: .allow, flags: ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], listenerPath: "/run/s",
            listenerMetadata: "m")
        let idle = try SeccompProfile(seccomp)
        #expect(idle.listener == nil && idle.flags == [])
        #expect(idle.idleFlags == ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])
        seccomp.syscalls = [SeccompRule(names: ["mkdir"], action: .notify)]
        let profile = try SeccompProfile(seccomp)
        #expect(profile.listener?.path == "/run/s" && profile.listener?.metadata == "m")
        #expect(profile.flags == [.newListener, .waitKillable] && profile.idleFlags == [])
        #expect(profile.rules[0].verdict.rawValue == 0x7FC0_0000)
        seccomp.flags = nil
        #expect(try SeccompProfile(seccomp).flags == [.newListener, .allowSpeculation])
    }

    @Test("an empty default action without rules is no filter")
    func noFilter() throws {
        #expect(try SeccompProfile.of(nil) == nil)
        #expect(try SeccompProfile.of(Seccomp(defaultAction: nil)) == nil)
        #expect(try SeccompProfile.of(Seccomp(defaultAction: nil, syscalls: [])) == nil)
        #expect(try SeccompProfile.of(Seccomp(defaultAction: .allow))?.defaultVerdict.action == .allow)
        for (text, action) in [(#"{"defaultAction":""}"#, nil), (#"{"defaultAction":"SCMP_ACT_LOG"}"#, .log)]
            as [(String, SeccompAction?)]
        {
            let seccomp = try Seccomp(json: Array(text.utf8))
            #expect(seccomp.defaultAction == action)
            #expect(seccomp.json(.compact) == text)
        }
    }

    @Test("a rule that repeats the default is left out; the same action with another errno is not")
    func likeDefault() throws {
        let profile = try SeccompProfile(
            Seccomp(
                defaultAction: .errno, defaultErrnoRet: 1,
                syscalls: [
                    SeccompRule(names: ["read"], action: .errno),
                    SeccompRule(names: ["write"], action: .errno, errnoRet: 1),
                    SeccompRule(names: ["clone3"], action: .errno, errnoRet: 38),
                ]))
        #expect(profile.rules.map(\.names) == [["clone3"]])
        #expect(profile.rules.map(\.pointer) == ["/linux/seccomp/syscalls/2"])
        #expect(profile.namesLikeDefault == ["read", "write"])
        #expect(
            profile.summary
                == "seccomp filter: errno 1 but for 1 system calls in 1 rules; ENOSYS for calls newer than these")
    }

    @Test("all conditions must hold, except on a repeated argument")
    func alternatives() throws {
        let first = SeccompArgument(index: 0, value: 1, op: .equal)
        let second = SeccompArgument(index: 1, value: 2, op: .equal)
        let again = SeccompArgument(index: 0, value: 3, op: .equal)
        func alternatives(_ arguments: [SeccompArgument]?) throws -> [[SeccompArgument]] {
            try SeccompProfile(
                Seccomp(
                    defaultAction: .errno, syscalls: [SeccompRule(names: ["read"], action: .allow, args: arguments)])
            ).rules[0].alternatives
        }
        #expect(try alternatives(nil) == [[]])
        #expect(try alternatives([]) == [[]])
        #expect(try alternatives([first, second]) == [[first, second]])
        #expect(try alternatives([first, second, again]) == [[first], [second], [again]])
    }

    @Test("every architecture of the spec is known, and each one once")
    func architectures() throws {
        let words = [
            "X86", "X86_64", "X32", "ARM", "AARCH64", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64",
            "MIPSEL64N32",
            "PPC", "PPC64", "PPC64LE", "S390", "S390X", "PARISC", "PARISC64", "RISCV64", "LOONGARCH64", "M68K", "SH",
            "SHEB",
        ].map { "SCMP_ARCH_\($0)" }
        let profile = try SeccompProfile(Seccomp(defaultAction: .allow, architectures: words + words))
        #expect(profile.architectures.map(\.word) == words)
        for architecture in profile.architectures.prefix(18) {
            #expect(architecture.token != nil, "\(architecture.word)")
        }
    }
}
