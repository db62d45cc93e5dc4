import Glibc
import TestSupport
import Testing

/// `ps`: the processes of a container (WhatCallersExpect, "Ps").
@Suite("Ps", .inMachine)
struct PsTests {
    private func running(_ body: (Bundle) throws -> Void) throws {
        try Bundle.with({ $0.shell("sleep 1000 & sleep 1001 & wait") }) { bundle in
            try bundle.launch()
            let procs = bundle.cgroup + "/cgroup.procs"
            #expect(eventually { Files.value(procs)?.lines.count == 3 })
            try body(bundle)
        }
    }

    private func pids(_ outcome: Outcome) throws -> Set<Int> { Set(try JSON(outcome.output).items.compactMap(\.int)) }

    private func inCgroup(_ bundle: Bundle) -> Set<Int> {
        Set((Files.value(bundle.cgroup + "/cgroup.procs") ?? "").lines.compactMap { Int($0) })
    }

    @Test("ps --format json: an array of the pids of the cgroup, as the host numbers them")
    func json() throws {
        try running { bundle in
            let outcome = try bundle.call("ps", "--format", "json", bundle.id)
            expectSuccess(outcome)
            let pids = try pids(outcome)
            #expect(pids == inCgroup(bundle) && pids.contains(Int(bundle.pid)))
            #expect(!RuntimeUnderTest.isOurs || outcome.output.lines.count == 1)
            #expect(outcome.output.hasSuffix("]\n"))
        }
    }

    @Test("ps --format json: processes in cgroups below the container's are among them")
    func below() throws {
        try running { bundle in
            let child = try #require(inCgroup(bundle).first { $0 != Int(bundle.pid) })
            try Files.makeFolder(bundle.cgroup + "/below")
            try Files.write(bundle.cgroup + "/below/cgroup.procs", "\(child)")
            #expect(try pids(try bundle.call("ps", "-f", "json", bundle.id)).contains(child))
        }
    }

    @Test("ps --format table: the host's ps -ef, of these processes alone", .unless("ps-table"))
    func table() throws {
        try running { bundle in
            let outcome = try bundle.call("ps", bundle.id)
            expectSuccess(outcome)
            let lines = outcome.output.lines
            #expect(lines.first?.words.prefix(3) == ["UID", "PID", "PPID"])
            #expect(Set(lines.dropFirst().compactMap { Int($0.words[1]) }) == inCgroup(bundle))
            #expect(try bundle.call("ps", "--format=table", bundle.id).output.lines.count == 4)
        }
    }

    @Test("the words after the id are options of ps", .unless("ps-table"))
    func options() throws {
        try running { bundle in
            let outcome = try bundle.call("ps", bundle.id, "-e", "-o", "pid,args")
            expectSuccess(outcome)
            #expect(outcome.output.lines.first?.words == ["PID", "COMMAND"])
            #expect(outcome.output.contains("sleep 1001"))
            #expect(outcome.output.lines.count == 4)
            expectFailure(try bundle.call("ps", bundle.id, "-e", "-o", "args"), "couldn't find PID field in ps output")
            expectFailure(try bundle.call("ps", bundle.id, "--nonsense"), "exit status 1")
        }
    }

    @Test("with an almost empty environment ps is found in its usual place; json needs no ps", .unless("ps-table"))
    func environment() throws {
        try running { bundle in
            for environment in [[], ["XDG_RUNTIME_DIR=/run"]] where RuntimeUnderTest.isOurs {
                let outcome = try bundle.call(["ps", bundle.id], .init(environment: environment))
                expectSuccess(outcome)
                #expect(outcome.output.lines.count == 4)
            }
            let nowhere = Program.Surroundings(environment: ["PATH=/nowhere"])
            expectFailure(
                try bundle.call(["ps", bundle.id], nowhere), "exec: \"ps\": executable file not found in $PATH")
            #expect(try pids(try bundle.call(["ps", "-f", "json", bundle.id], nowhere)) == inCgroup(bundle))
        }
    }

    @Test("a stopped container has no processes; for an unknown one ps fails")
    func stages() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectFailure(try bundle.call("ps", bundle.id), "container does not exist")
            expectSuccess(try bundle.create())
            #expect(try pids(try bundle.call("ps", "--format", "json", bundle.id)) == [Int(bundle.pid)])
            expectSuccess(try bundle.start())
            expectSuccess(try bundle.call("pause", bundle.id))
            #expect(try pids(try bundle.call("ps", "--format", "json", bundle.id)) == [Int(bundle.pid)])
            try bundle.stop()
            let outcome = try bundle.call("ps", "--format", "json", bundle.id)
            if !Difference.applies("ps-stopped") {
                expectSuccess(outcome)
                #expect(outcome.output == "[]\n" || Difference.applies("list-empty"), "\(outcome.said)")
            }
            expectFailure(
                try bundle.call("ps", "--format", "xml", bundle.id), "invalid format option")
        }
    }
}
