import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

/// The numbers below are those of x86_64; the compiler knows what they mean.
#if arch(x86_64)
    @Suite("A compiled seccomp filter")
    struct SeccompFilterTests {
        func compile(_ seccomp: Seccomp) throws -> CompiledSeccomp { try SeccompProfile(seccomp).compile() }

        func filter(_ rules: [SeccompRule], default action: SeccompAction = .errno) throws -> SeccompFilter {
            try compile(Seccomp(defaultAction: action, syscalls: rules)).filter
        }

        @Test("an empty profile is a filter of the default action, for the native table")
        func empty() throws {
            let filter = try filter([], default: .allow)
            #expect(run(filter, Call(number: 0)) == Verdict.allow)
            #expect(run(filter, Call(number: 0, architecture: Call.x86)) == Verdict.killThread)
        }

        @Test(
            "each action becomes the kernel's verdict",
            arguments: [
                (SeccompAction.kill, nil, Verdict.killThread), (.killThread, nil, Verdict.killThread),
                (.killProcess, nil, Verdict.killProcess), (.trap, nil, Verdict.trap),
                (.errno, nil, Verdict.errno(1)), (.errno, 0, Verdict.errno(0)), (.errno, 38, Verdict.errno(38)),
                (.errno, 4094, Verdict.errno(4094)), (.trace, nil, Verdict.trace(1)),
                (.trace, 65535, Verdict.trace(65535)),
                (.log, nil, Verdict.log),
            ] as [(SeccompAction, UInt32?, UInt32)])
        func actions(action: SeccompAction, errno: UInt32?, verdict: UInt32) throws {
            let rule = SeccompRule(names: ["mkdir"], action: action, errnoRet: errno)
            let byRule = try filter([rule], default: .allow)
            #expect(run(byRule, Call(number: 83)) == verdict)
            #expect(run(byRule, Call(number: 84)) == Verdict.allow)
            let byDefault = try compile(
                Seccomp(
                    defaultAction: action, defaultErrnoRet: errno,
                    syscalls: [SeccompRule(names: ["mkdir"], action: .allow)])
            ).filter
            #expect(run(byDefault, Call(number: 83)) == Verdict.allow)
            #expect(run(byDefault, Call(number: 82)) == verdict)
        }

        @Test("all conditions of a rule must hold, not one of them (CVE-2017-18367)")
        func and() throws {
            let filter = try filter([
                SeccompRule(
                    names: ["socket"], action: .allow,
                    args: [
                        SeccompArgument(index: 0, value: 2, op: .equal),
                        SeccompArgument(index: 1, value: 1, op: .equal),
                        SeccompArgument(index: 2, value: 6, op: .lessOrEqual),
                    ])
            ])
            #expect(run(filter, Call(number: 41, arguments: [2, 1, 6])) == Verdict.allow)
            #expect(run(filter, Call(number: 41, arguments: [2, 1, 7])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 41, arguments: [2, 3, 6])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 41, arguments: [1, 1, 6])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 41, arguments: [1, 3, 7])) == Verdict.errno(1))
        }

        @Test("two conditions on one argument are two rules")
        func or() throws {
            let filter = try filter([
                SeccompRule(
                    names: ["personality"], action: .allow,
                    args: [
                        SeccompArgument(index: 0, value: 8, op: .equal),
                        SeccompArgument(index: 0, value: 0xFFFF_FFFF, op: .equal),
                        SeccompArgument(index: 1, value: 5, op: .equal),
                    ])
            ])
            #expect(run(filter, Call(number: 135, arguments: [8, 0])) == Verdict.allow)
            #expect(run(filter, Call(number: 135, arguments: [0xFFFF_FFFF, 0])) == Verdict.allow)
            #expect(run(filter, Call(number: 135, arguments: [1, 5])) == Verdict.allow)
            #expect(run(filter, Call(number: 135, arguments: [1, 1])) == Verdict.errno(1))
        }

        @Test(
            "operators compare all 64 bits",
            arguments: [
                (.notEqual, [0x1_0000_0004, 0x5_0000_0005, 4], [0x1_0000_0005]),
                (.less, [0, 0x1_0000_0004, 0xFFFF_FFFF], [0x1_0000_0005, 0x1_0000_0006, 0x2_0000_0000]),
                (.lessOrEqual, [0x1_0000_0005, 5], [0x1_0000_0006, .max]),
                (.equal, [0x1_0000_0005], [5, 0x2_0000_0005, 0x1_0000_0004]),
                (.greaterOrEqual, [0x1_0000_0005, 0x2_0000_0000, .max], [0x1_0000_0004, 0xFFFF_FFFF]),
                (.greater, [0x1_0000_0006, .max], [0x1_0000_0005, 6]),
            ] as [(SeccompOperator, [UInt64], [UInt64])])
        func operators(op: SeccompOperator, holds: [UInt64], fails: [UInt64]) throws {
            let filter = try filter([
                SeccompRule(
                    names: ["mkdir"], action: .allow,
                    args: [SeccompArgument(index: 3, value: 0x1_0000_0005, op: op)])
            ])
            for value in holds { #expect(run(filter, Call(number: 83, arguments: [0, 0, 0, value])) == Verdict.allow) }
            for value in fails {
                #expect(run(filter, Call(number: 83, arguments: [0, 0, 0, value])) == Verdict.errno(1))
            }
        }

        @Test("in a masked comparison, value is the mask and valueTwo the wanted rest")
        func masked() throws {
            let filter = try filter([
                SeccompRule(
                    names: ["clone"], action: .allow,
                    args: [SeccompArgument(index: 0, value: 0x7E02_0000, op: .maskedEqual)]),
                SeccompRule(
                    names: ["ioctl"], action: .allow,
                    args: [
                        SeccompArgument(index: 1, value: 0xFF00_0000_00F0, valueTwo: 0x1200_0000_0030, op: .maskedEqual)
                    ]),
            ])
            #expect(run(filter, Call(number: 56, arguments: [0x1200011])) == Verdict.allow)
            #expect(run(filter, Call(number: 56, arguments: [0x1000_0000])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 56, arguments: [0x2_0000])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 16, arguments: [0, 0x1234_5678_9A3B])) == Verdict.allow)
            #expect(run(filter, Call(number: 16, arguments: [0, 0x1234_5678_9A4B])) == Verdict.errno(1))
            #expect(run(filter, Call(number: 16, arguments: [0, 0x5678_9A3B])) == Verdict.errno(1))
        }

        @Test("each table has its own numbers, and the native one is always included")
        func tables() throws {
            let rules = [SeccompRule(names: ["mkdir"], action: .allow)]
            let filter = try compile(
                Seccomp(defaultAction: .errno, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"], syscalls: rules)
            ).filter
            #expect(run(filter, Call(number: 83)) == Verdict.allow)
            #expect(run(filter, Call(number: 39)) == Verdict.errno(1))
            #expect(run(filter, Call(number: 39, architecture: Call.x86)) == Verdict.allow)
            #expect(run(filter, Call(number: 38, architecture: Call.x86)) == Verdict.errno(1))
            #expect(run(filter, Call(number: 83 | Call.x32Bit)) == Verdict.allow)
            #expect(run(filter, Call(number: 39 | Call.x32Bit)) == Verdict.errno(1))
            #expect(run(filter, Call(number: 83, architecture: Call.arm64)) == Verdict.killThread)

            // If x32 is not named, its numbers end the caller rather than pass as others.
            let native = try compile(Seccomp(defaultAction: .allow)).filter
            #expect(run(native, Call(number: 83 | Call.x32Bit)) == Verdict.killThread)
        }

        @Test("names that only another table has are compiled there; names that no table has are reported")
        func names() throws {
            let compiled = try compile(
                Seccomp(
                    defaultAction: .errno,
                    architectures: [
                        "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_S390X",
                    ],
                    syscalls: [
                        SeccompRule(names: ["waitpid", "no_such_call", "read", "", "mkdir"], action: .allow)
                    ]))
            #expect(compiled.unknownNames == ["no_such_call", ""])
            #expect(compiled.unknownArchitectures.contains("SCMP_ARCH_S390X"))
            #expect(!compiled.unknownArchitectures.contains("SCMP_ARCH_X86"))
            #expect(run(compiled.filter, Call(number: 7, architecture: Call.x86)) == Verdict.allow)
            #expect(run(compiled.filter, Call(number: 7)) == Verdict.errno(1))
            #expect(run(compiled.filter, Call(number: 0)) == Verdict.allow)
        }

        @Test("the same rule twice counts once, and a plain rule beats one with conditions, in either order")
        func conflicts() throws {
            let plain = SeccompRule(names: ["mkdir"], action: .allow)
            let conditional = SeccompRule(
                names: ["mkdir"], action: .allow, args: [SeccompArgument(index: 0, value: 1, op: .equal)])
            for rules in [
                [plain, plain], [plain, conditional], [conditional, plain], [conditional, conditional, plain],
            ] {
                let filter = try filter(rules)
                #expect(run(filter, Call(number: 83, arguments: [2])) == Verdict.allow)
                #expect(run(filter, Call(number: 83, arguments: [1])) == Verdict.allow)
            }
        }

        @Test("the same conditions with another action contradict an earlier rule")
        func contradiction() {
            let condition = [SeccompArgument(index: 0, value: 1, op: .equal)]
            let failure = #expect(throws: Failure.self) {
                try filter([
                    SeccompRule(names: ["mkdir"], action: .allow, args: condition),
                    SeccompRule(names: ["read", "mkdir"], action: .log, args: condition),
                ])
            }
            #expect(failure?.action == "seccomp: an earlier rule for mkdir has the same conditions and another action")
            #expect(failure?.pointer == "/linux/seccomp/syscalls/1")
        }

        @Test("a profile too long for the kernel is refused when it is compiled")
        func tooLong() {
            let rules = (0..<1500).map { index in
                SeccompRule(
                    names: ["ioctl"], action: .allow,
                    args: [SeccompArgument(index: 1, value: UInt64(index) << 32 | UInt64(index), op: .equal)])
            }
            let failure = #expect(throws: Failure.self) { try filter(rules) }
            #expect(failure?.pointer == "/linux/seccomp")
            #expect(failure?.action.hasSuffix("instructions, the kernel takes 4096") ?? false)
        }

        @Test("many rules become a search tree, with the same answers; two compilations give the same bytes")
        func tree() throws {
            let names = [
                "read", "write", "open", "close", "stat", "fstat", "lstat", "poll", "lseek", "mmap", "mprotect",
                "munmap",
                "brk", "ioctl", "pread64", "pwrite64", "readv", "writev", "access", "pipe", "select", "mremap", "msync",
                "mincore", "madvise", "shmget", "shmat", "shmctl", "dup", "dup2", "pause", "nanosleep", "alarm",
                "getpid",
            ]
            let seccomp = Seccomp(
                defaultAction: .killProcess, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                syscalls: names.map { SeccompRule(names: [$0], action: .allow) })
            let compiled = try compile(seccomp)
            #expect(compiled.unknownNames == [])
            let allowed: Set<Int32> = Set(0...34).subtracting([13, 14, 15, 24]).union([35, 37, 39]).subtracting([36])
            for number in 0...450 as ClosedRange<Int32> {
                let verdict = run(compiled.filter, Call(number: number))
                let other = number > 39 ? Verdict.errno(38) : Verdict.killProcess
                #expect(verdict == (allowed.contains(number) ? Verdict.allow : other), "call \(number)")
            }
            #expect(try compile(seccomp) == compiled)
        }

        @Test(
            "Docker's profile")
        func docker() throws {
            let compiled = try compile(DockerProfile.read())
            let filter = compiled.filter
            #expect(compiled.unknownArchitectures == [])
            #expect(filter.instructions.count <= SeccompFilter.longest)
            func verdict(_ number: Int32, _ arguments: UInt64...) -> UInt32? {
                run(filter, Call(number: number, arguments: arguments))
            }
            #expect(verdict(0) == Verdict.allow)
            #expect(verdict(83) == Verdict.allow)
            #expect(verdict(169) == Verdict.errno(1))  // reboot
            #expect(verdict(165) == Verdict.errno(1))  // mount
            #expect(verdict(435) == Verdict.errno(38))  // clone3
            #expect(verdict(56, 0x11) == Verdict.allow)  // clone, as fork does
            #expect(verdict(56, 0x1000_0011) == Verdict.errno(1))  // clone, CLONE_NEWUSER
            #expect(verdict(41, 1) == Verdict.allow)  // socket, AF_UNIX
            #expect(verdict(41, 40) == Verdict.errno(1))  // socket, AF_VSOCK
            #expect(verdict(41, 39) == Verdict.allow)
            #expect(verdict(41, 41) == Verdict.allow)
            #expect(verdict(135, 0) == Verdict.allow)  // personality
            #expect(verdict(135, 0x40000) == Verdict.errno(1))
            #expect(verdict(0x7FFF) == Verdict.errno(38))
            #expect(run(filter, Call(number: 39, architecture: Call.x86)) == Verdict.allow)
            #expect(run(filter, Call(number: 88, architecture: Call.x86)) == Verdict.errno(1))
            #expect(run(filter, Call(number: 83 | Call.x32Bit)) == Verdict.allow)
            #expect(run(filter, Call(number: 0, architecture: Call.arm64)) == Verdict.killThread)
        }

        @Test("the kernel accepts the compiled filter, and agrees with the test's own interpreter")
        func kernel() throws {
            let compiled = try compile(
                Seccomp(
                    defaultAction: .allow, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                    syscalls: [
                        SeccompRule(
                            names: ["getpriority"], action: .errno, errnoRet: 77,
                            args: [
                                SeccompArgument(index: 0, value: 1, op: .equal),
                                SeccompArgument(index: 1, value: 0, op: .equal),
                            ])
                    ]))
            try onThreadOfItsOwn {
                try ThisProcess.forbidNewPrivileges()
                try compiled.filter.load()
                #expect(getpriority(1, 0) == -1)
                #expect(errno == 77)
                errno = 0
                _ = getpriority(0, 0)
                #expect(errno == 0)
            }
        }
    }

    /// Docker's profile as a runtime gets it. Foundation reads it, so that this suite does not need our own reader.
    enum DockerProfile {
        static let path = URL(fileURLWithPath: #filePath + "/../../../../spec-fixtures/bundles/docker/config.json")
            .standardized.path

        static func read() throws -> Seccomp {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            let config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let linux = try #require(config["linux"] as? [String: Any])
            let seccomp = try #require(linux["seccomp"] as? [String: Any])
            return Seccomp(
                defaultAction: try action(seccomp["defaultAction"]),
                defaultErrnoRet: number(seccomp["defaultErrnoRet"]),
                architectures: seccomp["architectures"] as? [String], flags: seccomp["flags"] as? [String],
                syscalls: try (seccomp["syscalls"] as? [[String: Any]])?.map(rule))
        }

        private static func rule(_ rule: [String: Any]) throws -> SeccompRule {
            SeccompRule(
                names: try #require(rule["names"] as? [String]), action: try action(rule["action"]),
                errnoRet: number(rule["errnoRet"]),
                args: try (rule["args"] as? [[String: Any]])?.map { argument in
                    SeccompArgument(
                        index: try #require(number(argument["index"])),
                        value: try #require(argument["value"] as? NSNumber).uint64Value,
                        valueTwo: (argument["valueTwo"] as? NSNumber)?.uint64Value,
                        op: try #require((argument["op"] as? String).flatMap(SeccompOperator.init)))
                })
        }

        private static func action(_ word: Any?) throws -> SeccompAction {
            try #require((word as? String).flatMap(SeccompAction.init))
        }

        private static func number(_ value: Any?) -> UInt32? { (value as? NSNumber)?.uint32Value }
    }
#endif
