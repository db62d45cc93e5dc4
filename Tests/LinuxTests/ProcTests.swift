import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("procfs")
struct ProcTests {
    @Test("files of the host's procfs can be read, by paths without magic links")
    func reads() throws {
        let proc = try Proc.host()
        #expect(try proc.read("self/stat").hasPrefix("\(getpid()) ("))
        let failure = #expect(throws: Failure.self) { try proc.read("self/no-such-file") }
        #expect(failure?.line == "open /proc/self/no-such-file: no such file or directory")
    }

    @Test(
        "a path that leads out of procfs is refused",
        arguments: ["self/cwd/etc", "self/root", "self/exe", "../etc", "/etc"])
    func leadsOut(path: String) throws {
        let proc = try Proc.host()
        let failure = #expect(throws: Failure.self) { _ = try proc.open(path, .path) }
        #expect(failure?.errno == .ELOOP || failure?.errno == Errno(rawValue: 18))
    }

    @Test("a magic link is followed on request")
    func follows() throws {
        let kind = try Proc.host().follow("self/ns/uts", .readOnly).namespaceKind()
        #expect(kind == .uts)
        #expect(try memfdCreate("no namespace").namespaceKind() == nil)
    }

    @Test("a process has a start; one that has gone or never existed has none")
    func start() throws {
        let proc = try Proc.host()
        let own = try #require(try proc.stat(of: getpid()))
        #expect(!own.hasEnded && own.time > 0)
        #expect(try proc.stat(of: getpid()) == own)
        #expect(try proc.stat(of: 0x3FFF_FFFF) == nil)
    }

    @Test("a process that nobody has waited for has ended; afterwards it is gone")
    func zombie() throws {
        let pid: Int32
        do {
            let zombie = try Zombie()
            pid = zombie.pid
            #expect(try #require(try Proc.host().stat(of: pid)).hasEnded)
        }
        #expect(try Proc.host().stat(of: pid) == nil)
    }

    @Test("the pid of a pidfd's process is found")
    func pid() throws {
        let proc = try Proc.host()
        #expect(try proc.pid(of: try PidDescriptor(pid: getpid())) == getpid())
    }
}

@Suite("The line of /proc/PID/stat")
struct ProcessStatTests {
    /// The fields from the third on, of which the 22nd is `time`.
    func line(_ command: String, state: String = "S", time: String = "4711") -> String {
        "42 (\(command)) \(state) 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 \(time) 2654208 220 18446744073709551615\n"
    }

    @Test(
        "the command may have any name",
        arguments: [
            "sh", "", " ", "a b", ")", ") S 1 1 1", "((", ") Z 1 42 42 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 9 (x", "\n",
        ])
    func commands(name: String) {
        let start = ProcessStat(stat: line(name))
        #expect(start?.time == 4711)
        #expect(start?.hasEnded == false)
    }

    @Test("a zombie and a dead process have ended", arguments: ["Z", "X", "x"])
    func ended(state: String) { #expect(ProcessStat(stat: line("sh", state: state))?.hasEnded == true) }

    @Test("any other state is alive", arguments: ["R", "S", "D", "T", "t", "I", "P"])
    func alive(state: String) { #expect(ProcessStat(stat: line("sh", state: state))?.hasEnded == false) }

    @Test("the time is of 64 bits")
    func times() {
        #expect(ProcessStat(stat: line("sh", time: "18446744073709551615"))?.time == .max)
        #expect(ProcessStat(stat: line("sh", time: "18446744073709551616")) == nil)
        #expect(ProcessStat(stat: line("sh", time: "-1")) == nil)
    }

    @Test(
        "a line that is cut short or is something else is no start",
        arguments: ["", "42", "42 (sh", "42 (sh)", "42 (sh) S 1 2 3", ")"])
    func broken(text: String) { #expect(ProcessStat(stat: text) == nil) }
}
