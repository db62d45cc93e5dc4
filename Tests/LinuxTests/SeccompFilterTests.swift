import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Loading a seccomp filter")
struct SeccompFilterTests {
    /// ld nr; jeq getpgid; ret errno 42; ret allow
    func refusing(_ number: Int) -> SeccompFilter {
        func instruction(_ code: UInt64, _ jumpTrue: UInt64, _ jumpFalse: UInt64, _ value: UInt64) -> UInt64 {
            code | jumpTrue << 16 | jumpFalse << 24 | value << 32
        }
        return SeccompFilter(
            instructions: [
                instruction(0x20, 0, 0, 0), instruction(0x15, 0, 1, UInt64(number)),
                instruction(0x06, 0, 0, 0x0005_002A), instruction(0x06, 0, 0, 0x7FFF_0000),
            ], flags: [.allowSpeculation, .log])
    }

    @Test("it holds for the thread that loads it")
    func load() throws {
        try onThreadOfItsOwn {
            try ThisProcess.forbidNewPrivileges()
            #expect(getsid(0) >= 0)
            try refusing(124).load()  // getsid on x86_64, sched_yield on arm64
            #if arch(x86_64)
                #expect(getsid(0) == -1)
                #expect(errno == 42)
            #endif
            #expect(try threadStatus("Seccomp") == "2")
        }
        #expect(getsid(0) >= 0)
    }

    @Test("a program that is no filter is refused, and a filter that is too long is refused before the kernel sees it")
    func refused() throws {
        try onThreadOfItsOwn {
            try ThisProcess.forbidNewPrivileges()
            let empty = #expect(throws: Failure.self) { try SeccompFilter(instructions: [], flags: []).load() }
            #expect(empty?.line == "load the seccomp filter: invalid argument")
            let long = SeccompFilter(instructions: [UInt64](repeating: 0x7FFF_0000_0000_0006, count: 4097), flags: [])
            let failure = #expect(throws: Failure.self) { try long.load() }
            #expect(failure?.action == "the seccomp filter has 4097 instructions, the kernel takes 4096")
        }
    }

    @Test("without noNewPrivileges it needs CAP_SYS_ADMIN", .enabled(if: isRoot, "needs root"))
    func needsPrivilege() throws {
        try onThreadOfItsOwn {
            try Identity.setresuid(4321)
            let failure = #expect(throws: Failure.self) { try refusing(124).load() }
            #expect(failure?.errno == .EACCES)
        }
    }
}
