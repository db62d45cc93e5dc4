import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

/// ENOSYS instead of the profile's default errno (WhatConfigMeans, "Newer calls").
@Suite("ENOSYS for system calls newer than the profile")
struct NewerCallsTests {
    /// The instructions before a filter that allows everything.
    func answers(_ tables: [NewerCalls.Table]) -> SeccompFilter {
        SeccompFilter(instructions: NewerCalls(tables).instructions + [0x7FFF_0000_0000_0006], flags: [])
    }

    @Test("nothing stands before a filter without tables")
    func none() { #expect(NewerCalls([]).instructions == []) }

    @Test("each architecture has its own newest call; one without a table is left to the filter")
    func sections() {
        let filter = answers([
            NewerCalls.Table(audit: Call.x86_64, kind: .x86_64, newest: 100, newestOfX32: 0x4000_0200),
            NewerCalls.Table(audit: Call.x86, kind: .plain, newest: 50),
            NewerCalls.Table(audit: Call.arm64, kind: .plain, newest: 0),
        ])
        func isRefused(_ number: Int32, _ architecture: UInt32) -> Bool? {
            switch run(filter, Call(number: number, architecture: architecture)) {
            case Verdict.errno(38): true
            case Verdict.allow: false
            default: nil
            }
        }
        for (architecture, newest) in [(Call.x86_64, 100), (Call.x86, 50), (Call.arm64, 0)] as [(UInt32, Int32)] {
            #expect(isRefused(0, architecture) == false)
            #expect(isRefused(newest, architecture) == false)
            #expect(isRefused(newest + 1, architecture) == true)
        }
        #expect(isRefused(0x4000_0200, Call.x86_64) == false)
        #expect(isRefused(0x4000_0201, Call.x86_64) == true)
        #expect(isRefused(-1, Call.x86) == true)
        #expect(isRefused(5000, 0x8000_0016) == false)
    }

    @Test("of x86_64 alone, calls with x32's bit are left to the filter, and the reverse")
    func halves() {
        let long = answers([NewerCalls.Table(audit: Call.x86_64, kind: .x86_64, newest: 100)])
        #expect(run(long, Call(number: 101)) == Verdict.errno(38))
        #expect(run(long, Call(number: 101 | Call.x32Bit)) == Verdict.allow)
        let short = answers([NewerCalls.Table(audit: Call.x86_64, kind: .x86_64, newestOfX32: 0x4000_0064)])
        #expect(run(short, Call(number: 101)) == Verdict.allow)
        #expect(run(short, Call(number: 101 | Call.x32Bit)) == Verdict.errno(38))
    }

    @Test("on s390 the number 0 stands for calls that the kernel does not know")
    func multiplexed() {
        let filter = answers([NewerCalls.Table(audit: 0x8000_0016, kind: .s390, newest: 100)])
        for (number, verdict) in [
            (0, Verdict.errno(38)), (1, Verdict.allow), (100, Verdict.allow), (101, Verdict.errno(38)),
        ] as [(Int32, UInt32)] {
            #expect(run(filter, Call(number: number, architecture: 0x8000_0016)) == verdict)
        }
    }

    #if arch(x86_64)
        func filter(
            _ action: SeccompAction, errno: UInt32? = nil, architectures: [String]? = nil, _ rules: SeccompRule...
        ) throws -> SeccompFilter {
            try SeccompProfile(
                Seccomp(
                    defaultAction: action, defaultErrnoRet: errno, architectures: architectures, syscalls: rules)
            ).compile().filter
        }

        @Test(
            "only default actions that refuse get it, not those that let pass, a tracer, or ENOSYS itself",
            arguments: [
                (.errno, nil, Verdict.errno(38)), (.errno, 13, Verdict.errno(38)), (.kill, nil, Verdict.errno(38)),
                (.killThread, nil, Verdict.errno(38)), (.killProcess, nil, Verdict.errno(38)),
                (.trap, nil, Verdict.errno(38)), (.trace, 5, Verdict.trace(5)), (.log, nil, Verdict.log),
            ] as [(SeccompAction, UInt32?, UInt32)])
        func defaults(action: SeccompAction, errno: UInt32?, verdict: UInt32) throws {
            let filter = try filter(action, errno: errno, SeccompRule(names: ["mkdir"], action: .allow))
            #expect(run(filter, Call(number: 84)) == verdict)
            #expect(run(filter, Call(number: 83)) == Verdict.allow)
            #expect(run(filter, Call(number: 82)) != Verdict.errno(38))
        }

        @Test("with ENOSYS as the default, or without any name, nothing is put in front")
        func needless() throws {
            let plain = try filter(.errno, errno: 38, SeccompRule(names: ["mkdir"], action: .allow))
            let other = try filter(.errno, errno: 39, SeccompRule(names: ["mkdir"], action: .allow))
            #expect(plain.instructions.count < other.instructions.count)
            #expect(run(try filter(.errno), Call(number: 500)) == Verdict.errno(1))
            #expect(
                run(try filter(.errno, SeccompRule(names: ["no_such_call"], action: .allow)), Call(number: 500))
                    == Verdict.errno(1))
        }

        @Test("any rule makes a call known, even one with conditions, or one that repeats the default")
        func known() throws {
            let conditional = try filter(
                .errno,
                SeccompRule(
                    names: ["mkdir"], action: .allow, args: [SeccompArgument(index: 1, value: 0, op: .equal)]))
            #expect(run(conditional, Call(number: 83, arguments: [0, 1])) == Verdict.errno(1))
            #expect(run(conditional, Call(number: 84)) == Verdict.errno(38))
            let redundant = try filter(
                .errno, SeccompRule(names: ["mkdir"], action: .errno), SeccompRule(names: ["read"], action: .allow))
            #expect(run(redundant, Call(number: 83)) == Verdict.errno(1))
            #expect(run(redundant, Call(number: 84)) == Verdict.errno(38))
        }

        @Test("also without architectures, and for each of several by its own numbers")
        func architectures() throws {
            let rule = SeccompRule(names: ["mkdir"], action: .allow)
            for architectures in [nil, [], ["SCMP_ARCH_X86_64"]] as [[String]?] {
                let filter = try filter(.errno, architectures: architectures, rule)
                #expect(run(filter, Call(number: 84)) == Verdict.errno(38))
                #expect(run(filter, Call(number: 84 | Call.x32Bit)) == Verdict.killThread)
            }
            let several = try filter(
                .errno, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_AARCH64"], rule
            )
            for (number, architecture, verdict) in [
                (84, Call.x86_64, 38), (82, Call.x86_64, 1), (84 | Call.x32Bit, Call.x86_64, 38),
                (82 | Call.x32Bit, Call.x86_64, 1), (40, Call.x86, 38), (38, Call.x86, 1),
                // arm64 has no mkdir: no number is known to be newer
                (500, Call.arm64, 1),
            ] as [(Int32, UInt32, UInt32)] {
                #expect(
                    run(several, Call(number: number, architecture: architecture)) == Verdict.errno(verdict),
                    "\(number) \(architecture)")
            }
        }
    #endif
}
