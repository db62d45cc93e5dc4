import Glibc
import TestSupport
import Testing

/// Every verb in every state, with the exit codes and messages that callers expect (WhatCallersExpect).
@Suite("Lifecycle", .inMachine)
struct LifecycleTests {
    /// The states in which a verb can find a container.
    enum Stage: String, CaseIterable {
        case none
        case created
        case running
        case paused
        case stopped

        /// Brings a bundle, whose process is a long sleep, to this state.
        func reach(_ bundle: Bundle) throws {
            if self == .none { return }
            expectSuccess(try bundle.create())
            if self == .created { return }
            expectSuccess(try bundle.start())
            switch self {
            case .paused:
                expectSuccess(try bundle.call("pause", bundle.id))
                #expect(Files.value(bundle.cgroup + "/cgroup.events")?.contains("frozen 1") == true)
            case .stopped: try bundle.stop()
            default: break
            }
        }
    }

    enum Verb: String, CaseIterable {
        case create, run, start, state, kill, killAll, delete, deleteForce, pause, resume, list

        func words(_ bundle: Bundle) -> [String] {
            switch self {
            case .create: ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id]
            case .run: ["run", "--detach", "--bundle", bundle.folder, bundle.id]
            case .kill: ["kill", bundle.id, "KILL"]
            case .killAll: ["kill", "--all", bundle.id, "KILL"]
            case .deleteForce: ["delete", "--force", bundle.id]
            case .list: ["list", "--format", "json"]
            default: [rawValue, bundle.id]
            }
        }
    }

    struct Cell: CustomTestStringConvertible {
        var stage: Stage
        var verb: Verb

        static var all: [Cell] {
            Stage.allCases.flatMap { stage in Verb.allCases.map { Cell(stage: stage, verb: $0) } }
        }

        var testDescription: String { "\(verb.rawValue) when \(stage.rawValue)" }

        /// The words of the error; nil if the verb is legal.
        func error(_ id: String) -> String? {
            switch (verb, stage) {
            case (.create, .none), (.run, .none), (.deleteForce, _), (.list, _): nil
            case (_, .none): "container does not exist"
            case (.create, _), (.run, _): "container with given ID already exists"
            case (.start, .created): nil
            case (.start, .running): "cannot start an already running container"
            case (.start, .paused): "cannot start a container in the paused state"
            case (.start, .stopped): "cannot start a container that has stopped"
            case (.state, _): nil
            case (.pause, .created), (.pause, .running), (.resume, .paused): nil
            case (.pause, .paused) where Difference.applies("pause-twice"): nil
            case (.pause, _): "container not running"
            case (.resume, .created), (.resume, .running):
                Difference.applies("resume-unpaused") ? nil : "container not paused"
            case (.resume, _): "container not paused"
            case (.kill, .stopped): "container not running"
            case (.kill, _), (.killAll, _): nil
            case (.delete, .stopped): nil
            case (.delete, .created) where Difference.applies("delete-created"): nil
            case (.delete, _): "cannot delete container \(id) that is not stopped: \(stage.rawValue)"
            }
        }

        /// What `state` prints afterwards.
        var after: String {
            switch (verb, stage) {
            case (.create, .none): "created"
            case (.run, .none), (.start, .created): "running"
            case (_, .none): "none"
            case (.pause, .created) where Difference.applies("pause-created"): "created"
            case (.pause, .created), (.pause, .running): "paused"
            case (.resume, .paused): "running"
            case (.kill, _), (.killAll, _): "stopped"
            case (.deleteForce, _), (.delete, .stopped): "none"
            case (.delete, .created) where Difference.applies("delete-created"): "none"
            default: stage.rawValue
            }
        }
    }

    @Test("every verb in every state", arguments: Cell.all)
    func matrix(cell: Cell) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try cell.stage.reach(bundle)
            let outcome = try bundle.call(cell.verb.words(bundle))
            if let words = cell.error(bundle.id) {
                expectFailure(outcome, words)
            } else {
                expectSuccess(outcome)
            }
            #expect(eventually { bundle.status == cell.after }, "state says \(bundle.status)")
            if cell.verb == .list {
                let listed = try JSON(outcome.output).items.map { $0["status"].string }
                #expect(listed == (cell.stage == .none ? [] : [cell.stage.rawValue]), "\(outcome.output)")
            }
        }
    }

    /// A walk through all orders of three verbs on one id: a de Bruijn sequence, in which each order occurs once.
    @Test("every order of three verbs", .timeLimit(.minutes(10)))
    func walk() throws {
        let pauses: [Verb] = Difference.applies("pause-created") ? [] : [.pause, .resume]
        let verbs: [Verb] = [.create, .start, .state, .kill, .delete] + pauses
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            var stage = Stage.none, beforePause = Stage.running
            let length = Host.isLong ? 4 : 3
            for (step, index) in deBruijn(symbols: verbs.count, length: length).enumerated() {
                let cell = Cell(stage: stage, verb: verbs[index])
                let outcome = try bundle.call(cell.verb.words(bundle))
                if let words = cell.error(bundle.id) {
                    expectFailure(outcome, words)
                } else {
                    expectSuccess(outcome)
                }
                guard var next = Stage(rawValue: cell.after) else { continue }
                if next == .paused, stage != .paused { beforePause = stage }
                if stage == .paused, next == .running { next = beforePause }
                if cell.verb == .kill, next == .stopped {
                    let pid = bundle.pid
                    #expect(eventually { Processes.isGone(pid) })
                }
                if cell.verb == .state, outcome.exit == 0 {
                    #expect(try JSON(outcome.output)["status"].string == stage.rawValue)
                }
                stage = next
                guard outcome.exit == (cell.error(bundle.id) == nil ? 0 : 1) else {
                    Issue.record("step \(step): \(cell.testDescription): \(outcome.said)")
                    return
                }
            }
        }
    }

    @Test("after a failed create the same id can be used")
    func failedCreate() throws {
        try Bundle.with({ $0.args = ["/nowhere"] }) { bundle in
            expectFailure(try bundle.create(), "no such file or directory", at: "/process/args/0")
            bundle.expectNothingLeft()
            #expect(!Files.exists(bundle.pidFile))
            try bundle.edit { $0.args = ["/bin/true"] }
            expectSuccess(try bundle.create())
        }
    }

    @Test("config.json counts as it was at create: start and delete no longer need the bundle")
    func copiedConfig() throws {
        try Bundle.with({ $0.shell("echo first > /tmp/said") }) { bundle in
            expectSuccess(try bundle.create())
            try Files.write(bundle.folder + "/config.json", "{")
            expectSuccess(try bundle.start())
            #expect(eventually { Files.value(bundle.rootfs + "/tmp/said") == "first" })
            #expect(eventually { bundle.status == "stopped" })
            unlink(bundle.folder + "/config.json")
            expectSuccess(try bundle.delete())
        }
    }

    @Test("the program does not run before start, and one start runs it once")
    func startOnce() throws {
        try Bundle.with({ $0.shell("echo run >> /tmp/runs; sleep 1000") }) { bundle in
            expectSuccess(try bundle.create())
            usleep(200_000)
            #expect(!Files.exists(bundle.rootfs + "/tmp/runs"))
            expectSuccess(try bundle.start())
            #expect(eventually { Files.value(bundle.rootfs + "/tmp/runs") == "run" })
            expectFailure(try bundle.start(), "cannot start an already running container")
            #expect(Files.value(bundle.rootfs + "/tmp/runs") == "run")
        }
    }

    @Test("when create returns, init is in its cgroup and a child of the nearest subreaper, with no helper left")
    func afterCreate() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create())
            let pid = bundle.pid
            #expect(Files.value("/proc/\(pid)/cgroup") == "0::\(bundle.cgroup.dropFirst("/sys/fs/cgroup".count))")
            #expect(Processes.fields(pid)?[1] == "1")
            let others = Processes.all.filter { Processes.traces($0, of: bundle.id) && $0 != pid }
            #expect(others == [], "\(others.map(Processes.words))")
        }
    }

    @Test(
        "kill accepts every spelling of a signal", .unless("signal-words"),
        arguments: ["KILL", "SIGKILL", "sigkill", "kill", "9"])
    func signals(word: String) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.launch()
            expectSuccess(try bundle.kill(word))
            #expect(eventually { bundle.status == "stopped" })
        }
    }

    @Test("kill without a signal sends TERM; an unknown one is refused")
    func defaultSignal() throws {
        try Bundle.with({ $0.shell("trap 'exit 3' TERM; echo ready > /tmp/ready; while :; do sleep 0.1; done") }) {
            bundle in
            try bundle.launch()
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/ready") })
            if !Difference.applies("signal-words") {
                expectFailure(try bundle.kill("FROB"), "unknown signal \"FROB\"")
            }
            expectSuccess(try bundle.call("kill", bundle.id))
            #expect(eventually { bundle.status == "stopped" })
        }
    }

    @Test("kill of a container in the host's pid namespace ends all its processes", .unless("kill-shared-pid"))
    func killsAll() throws {
        try Bundle.with {
            $0.share("pid")
            $0.shell("setsid sleep 1000 & setsid sleep 1000 & sleep 1000")
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { Files.value(bundle.cgroup + "/cgroup.procs")?.lines.count ?? 0 > 2 })
            expectSuccess(try bundle.kill("KILL"))
            #expect(eventually { (Files.value(bundle.cgroup + "/cgroup.procs") ?? "") == "" })
        }
    }

    @Test(
        "two creates of one id at once: one succeeds, the other fails in the known words, and the first container lives",
        .unless("create-race"))
    func race() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            let calls = try (0..<4).map { _ in try bundle.begin("create", "--bundle", bundle.folder, bundle.id) }
            let exits = calls.map { $0.outcome().exit }
            #expect(exits.filter { $0 == 0 }.count == 1, "\(exits)")
            #expect(bundle.status == "created")
        }
    }
}

/// The shortest cyclic sequence of numbers below `symbols` in which each word of `length` occurs once, made linear.
func deBruijn(symbols: Int, length: Int) -> [Int] {
    var word = [Int](repeating: 0, count: symbols * length), sequence: [Int] = []
    func extend(_ t: Int, _ p: Int) {
        if t > length {
            if length % p == 0 { sequence += word[1...p] }
            return
        }
        word[t] = word[t - p]
        extend(t + 1, p)
        for symbol in stride(from: word[t - p] + 1, to: symbols, by: 1) {
            word[t] = symbol
            extend(t + 1, t)
        }
    }
    extend(1, 1)
    return sequence + sequence.prefix(length - 1)
}
