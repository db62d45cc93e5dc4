import Base
import Foundation
import Linux
@testable import OCI
import Testing
@testable import Runtime

/// What the kernel counts and refuses, and many cgroups at once.
extension CgroupKernelTests {
    @Test("a process killed for want of memory is counted")
    func memoryKills() throws {
        defer { cleanUp() }
        let cgroup = try make("/one", Resources(memory: MemoryResources(limit: 8 << 20, swap: 8 << 20)))
        let before = cgroup.memoryKills()
        let hog = try ShellProcess(
            command: "echo $$ > /sys/fs/cgroup\(top)/one/cgroup.procs && exec tail /dev/zero")
        #expect(hog.wait() == 137)
        let after = cgroup.memoryKills()
        #expect(before == 0 && after == 1)
    }

    @Test("a limit at or below the current use is refused before it is written")
    func usage() throws {
        defer { cleanUp() }
        let cgroup = try make("/one", Resources(memory: MemoryResources(limit: 64 << 20)))
        let process = try ShellProcess(
            command: "echo $$ > /sys/fs/cgroup\(top)/one/cgroup.procs; echo ready; exec sleep 1000")
        process.waitForLine()
        let update = try ResourcePlan(update: Resources(memory: MemoryResources(limit: 4096, checkBeforeUpdate: true)))
        let failure = #expect(throws: Failure.self) { try cgroup.verify(update.checks) }
        #expect(failure?.action.hasPrefix("rejecting memory limit 4096 <= usage ") == true)
    }

    @Test("below a threaded cgroup, limits that know threads work and others are refused")
    func threaded() throws {
        defer { cleanUp() }
        _ = try Cgroup.make(try path(""), needing: [])
        let folder = try Linux.open("/sys/fs/cgroup\(top)", [.path, .directory])
        try folder.mkdirat("threaded", mode: 0o755)
        try Cgroup.write("threaded", to: "threaded/cgroup.type", of: folder)
        let path = try path("/threaded/one")
        let failure = #expect(throws: Failure.self) { _ = try Cgroup.make(path, needing: ["memory"]) }
        #expect(failure?.action.hasPrefix("cannot enter cgroupv2 ") == true)
        #expect(!exists("/threaded/one"))
        let cgroup = try Cgroup.make(path, needing: ["pids"])
        #expect(try value("/threaded/one/cgroup.type") == "threaded")
        let process = try ShellProcess()
        try cgroup.add(process: process.pid)
        let pids = try cgroup.processes()
        #expect(pids == [process.pid])
        try cgroup.kill()
        #expect(process.hasEnded())
    }

    @Test("without permission: no cgroup if the config asks for none, otherwise a failure that says so")
    func rootless() throws {
        defer { cleanUp() }
        #expect(seteuid(65534) == 0)
        defer { seteuid(0) }
        let path = try path("/one")
        if let cgroup = try Cgroup.makeIfPermitted(path, needing: [], isRootless: true) {
            Issue.record("made \(cgroup.path.text) without permission")
        }
        let limits = #expect(throws: Failure.self) {
            _ = try Cgroup.makeIfPermitted(path, needing: ["memory"], isRootless: true)
        }
        #expect(
            limits?.action.hasPrefix(
                "rootless needs no limits + no cgrouppath when no permission is granted for cgroups: ") == true)
        let asked = #expect(throws: Failure.self) {
            _ = try Cgroup.make(path, needing: [])
        }
        #expect(asked?.errno == .EACCES && asked?.action == "make the cgroup \(top)")
    }

    @Test("delegation gives away the directory and the files to manage it, and no limit")
    func delegation() throws {
        defer { cleanUp() }
        let cgroup = try make("/one")
        try cgroup.delegate(to: 4321)
        func uid(_ file: String) throws -> UInt32 { try Linux.status("/sys/fs/cgroup\(top)/one\(file)").uid }
        #expect(try uid("") == 4321 && uid("/cgroup.procs") == 4321 && uid("/cgroup.subtree_control") == 4321)
        #expect(try uid("/memory.max") == 0 && uid("/pids.max") == 0 && uid("/cgroup.freeze") == 0)
        #expect(try Linux.status("/sys/fs/cgroup\(top)/one").gid == 0)
    }

    @Test("many at once below one parent that comes and goes")
    func together() throws {
        defer { cleanUp() }
        for _ in 0..<50 {
            let first = try Cgroup.make(try path("/p/a"), needing: [])
            let second = try Cgroup.make(try path("/p/b"), needing: [])
            first.undo()
            #expect(exists("/p/b") && !exists("/p/a"))
            second.undo()
            #expect(!exists("/p/b"))
            try Cgroup.remove(at: "\(top)/p")
        }
    }
}
