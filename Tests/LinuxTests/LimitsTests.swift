import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Limits of a process")
struct LimitsTests {
    @Test("all sixteen names of getrlimit(2), with its numbers")
    func names() {
        #expect(LimitedResource.allCases.count == 16)
        for resource in LimitedResource.allCases { #expect(LimitedResource(name: resource.name) == resource) }
        #expect(LimitedResource(name: "RLIMIT_NOFILE")?.number == CInt(RLIMIT_NOFILE.rawValue))
        #expect(LimitedResource(name: "RLIMIT_AS")?.number == CInt(RLIMIT_AS.rawValue))
        #expect(LimitedResource(name: "RLIMIT_NPROC")?.number == 6)
        #expect(LimitedResource(name: "RLIMIT_MSGQUEUE")?.number == 12)
        #expect(LimitedResource(name: "RLIMIT_RTTIME")?.number == 15)
        #expect(LimitedResource(name: "NOFILE") == nil)
        #expect(LimitedResource(name: "rlimit_nofile") == nil)
        #expect(LimitedResource(name: "") == nil)
    }

    @Test("prlimit reaches another process")
    func limit() throws {
        let child = try Sleeper()
        try LimitedResource.core.prlimit(pid: child.pid, soft: 4096, hard: 8192)
        let limits = try String(contentsOfFile: "/proc/\(child.pid)/limits", encoding: .utf8)
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") })
        #expect(line.split(separator: " ").suffix(3) == ["4096", "8192", "bytes"])
        let failure = #expect(throws: Failure.self) {
            try LimitedResource.core.prlimit(pid: child.pid, soft: 2, hard: 1)
        }
        #expect(failure?.line == "set RLIMIT_CORE: invalid argument")
    }
}
