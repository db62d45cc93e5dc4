import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("What exec plans")
struct ExecPlanningTests {
    private func request(
        _ process: OCI.Process = OCI.Process(args: ["sh"], cwd: "/"), namespaces: NamespaceFlags = [.mount, .pid],
        record edit: (inout StateFile) -> Void = { _ in }, linux: LinuxConfig = LinuxConfig()
    ) -> ExecRequest {
        var record = StateFile(id: "one", created: "", ociVersion: "1.3.0", bundle: "/b", rootfs: "/b/rootfs")
        record.pid = 7
        record.cgroup = "/one"
        record.namespaces = [Namespace(type: .mount), Namespace(type: .pid)]
        edit(&record)
        return ExecRequest(
            record: record, namespaces: namespaces, process: ExecProcess(process, from: nil), linux: linux)
    }

    private func words(_ script: Script) -> (host: [String], inside: [String]) {
        var host = script.preparation.map(\.step.description.word), inside: [String] = []
        for line in script.joint {
            switch line {
            case .host(let placed): host.append(placed.step.description.word)
            case .inside(let placed): inside.append(placed.step.description.word)
            case .sync: continue
            case .succession: inside.append("succession")
            }
        }
        return (host, inside)
    }

    @Test("the steps of a plain one, in their order")
    func plain() throws {
        let script = try Script(exec: request(), on: .none)
        let words = words(script)
        #expect(
            words.host == [
                "seal", "reopen-null", "open-cgroup", "forbid-tracing", "enter-foreground", "await-program",
            ])
        #expect(
            words.inside == [
                "forget-caller", "join-keyring", "clear-groups", "join-init", "leave-host", "succession",
                "start-session", "reset-affinity", "working-directory", "find-home", "own-streams",
                "bound-capabilities", "become-user", "forbid-tracing", "grant-capabilities", "verify-directory",
                "find-program", "execute",
            ])
        #expect(script.birth == CloneInit(joinsInit: true, mayFollowInit: true))
        #expect(script.joint.contains(.inside(Placed(.joinInit(JoinInit(kinds: [.mount, .pid]))))))
    }

    @Test("nobody in the container's pid namespace sees the process before it belongs wholly to the container")
    func succession() throws {
        let all: NamespaceFlags = [.mount, .pid, .user, .network, .ipc, .uts, .cgroup, .time]
        for namespaces in [all, .pid, [.pid, .mount]] {
            let inside = words(try Script(exec: request(namespaces: namespaces), on: .none)).inside
            let birth = try #require(inside.firstIndex(of: "succession"))
            for step in ["forget-caller", "clear-groups", "join-init", "leave-host"] {
                #expect((inside.firstIndex(of: step) ?? .max) < birth, "\(step)")
            }
            #expect(inside[birth - 1] == "leave-host")
        }
        #expect(!words(try Script(exec: request(namespaces: .mount), on: .none)).inside.contains("succession"))
        // Without a mount namespace its root is still the container's.
        let rooted = words(
            try Script(
                exec: request(namespaces: .pid, record: { $0.namespaces = [Namespace(type: .pid)] }), on: .none)
        ).inside
        #expect((rooted.firstIndex(of: "change-root") ?? .max) < (rooted.firstIndex(of: "succession") ?? 0))
    }

    @Test("the caller's groups are dropped before a namespace is joined, unless an annotation keeps them")
    func groups() throws {
        func clears(_ record: (inout StateFile) -> Void) throws -> Bool {
            words(try Script(exec: request(record: record), on: .none)).inside.contains("clear-groups")
        }
        #expect(try clears { _ in })
        #expect(try !clears { $0.annotations = [UserIdentity.keepGroups: "1"] })
    }

    @Test("the user namespace that is joined must be the recorded one")
    func userNamespace() throws {
        let script = try Script(
            exec: request(namespaces: [.user, .pid], record: { $0.userNamespace = 4_026_532_000 }), on: .none)
        let join = JoinInit(kinds: [.user, .pid, .mount], userNamespace: 4_026_532_000)
        #expect(script.joint.contains(.inside(Placed(.joinInit(join)))))
    }

    @Test("each namespace that init has of its own is joined, all at once")
    func namespaces() throws {
        let all: NamespaceFlags = [.mount, .pid, .user, .network, .ipc, .uts, .cgroup, .time]
        let script = try Script(exec: request(namespaces: all), on: .none)
        #expect(script.joint.contains(.inside(Placed(.joinInit(JoinInit(kinds: all))))))
        #expect(words(script).inside.contains("become-root"))
        let none = words(try Script(exec: request(namespaces: [], record: { $0.namespaces = [] }), on: .none))
        #expect(!none.inside.contains("join-init") && !none.inside.contains("succession"))
        #expect(none.inside.contains("open-root") && none.inside.contains("change-root"))
    }

    @Test("the runtime forbids tracing before it joins anything of the container (CVE-2016-9962)")
    func tracing() throws {
        #expect(try Script(exec: request(), on: .none).preparation.last == Placed(.forbidTracing(ForbidTracing())))
    }

    @Test("a container made with --no-new-keyring keeps its processes in their caller's keyring")
    func keyring() throws {
        let words = words(try Script(exec: request(record: { $0.noNewKeyring = true }), on: .none))
        #expect(!words.inside.contains("join-keyring"))
    }

    @Test("labels are written through a procfs that is opened before the container's mounts are joined")
    func labels() throws {
        let process = OCI.Process(args: ["sh"], cwd: "/", apparmorProfile: "p")
        let words = words(try Script(exec: request(process), on: .none))
        #expect(words.host.prefix(2) == ["seal", "check-kernel"])
        let opens = try #require(words.inside.firstIndex(of: "open-proc"))
        #expect(opens < (words.inside.firstIndex(of: "join-init") ?? 0))
        #expect(words.inside.contains("label"))
    }

    @Test("without --detach signals are held, with it they are not; a pid file is written before the program runs")
    func end() throws {
        var request = request()
        request.detach = true
        request.pidFile = "/pid"
        let host = words(try Script(exec: request, on: .none)).host
        #expect(!host.contains("enter-foreground"))
        #expect(host.suffix(2) == ["record-process", "await-program"])
    }

    @Test("affinity: both if both are given, none after initial alone, otherwise all processors")
    func affinity() throws {
        func affinity(_ value: ExecCPUAffinity?) throws -> [String] {
            let process = OCI.Process(args: ["sh"], cwd: "/", execCPUAffinity: value)
            let words = words(try Script(exec: request(process), on: .none))
            return (words.host + words.inside).filter { $0.hasSuffix("affinity") }
        }
        #expect(try affinity(nil) == ["reset-affinity"])
        #expect(try affinity(ExecCPUAffinity(initial: "0", final: "1")) == ["set-affinity", "set-affinity"])
        #expect(try affinity(ExecCPUAffinity(initial: "0")) == ["set-affinity"])
        #expect(try affinity(ExecCPUAffinity(initial: "", final: "")) == ["reset-affinity"])
        let failure = #expect(throws: Failure.self) { try affinity(ExecCPUAffinity(final: "x")) }
        #expect(failure?.pointer == "/execCPUAffinity/final")
    }

    @Test("a cgroup below the container's is used or none, and never one elsewhere")
    func cgroup() throws {
        func script(_ cgroups: [String]) throws -> Script {
            var request = request()
            request.cgroups = cgroups
            return try Script(exec: request, on: .none)
        }
        let below = try script(["/a/b"])
        #expect(below.preparation.contains(Placed(.openCgroup(OpenCgroup(path: try CgroupPath(recorded: "/one/a/b"))))))
        #expect(!below.birth.mayFollowInit)
        for cgroups in [[".."], ["a/../.."], ["cpu:a"], [":a"], ["a", "b"], ["cpu:a", "b"]] {
            #expect(throws: Failure.self, "\(cgroups)") { try script(cgroups) }
        }
    }

    @Test("the filter is loaded last", arguments: [true, false])
    func seccomp(isLocked: Bool) throws {
        let profile = try Seccomp(json: #"{"defaultAction": "SCMP_ACT_ERRNO"}"#)
        let process = OCI.Process(args: ["sh"], cwd: "/", noNewPrivileges: isLocked)
        let script = try Script(exec: request(process, linux: LinuxConfig(seccomp: profile)), on: .none)
        let words = words(script).inside
        #expect(words.last == "execute" && !words.contains("load-seccomp"))
        guard case .inside(let last) = script.joint.last(where: { if case .inside = $0 { true } else { false } }),
            case .execute(let execute) = last.step
        else { throw Failure("no last step") }
        // Without noNewPrivileges the kernel takes a filter only from CAP_SYS_ADMIN, which is given up after it.
        #expect(execute.confinement.loadsFilter && (execute.confinement.grant == nil) == isLocked)
    }

    @Test(
        "a terminal is found or connected to before the clone, made in the container, and never bound as its console")
    func terminal() throws {
        var request = request(
            OCI.Process(terminal: true, consoleSize: ConsoleSize(height: 3, width: 4), args: ["sh"], cwd: "/"))
        let found = words(try Script(exec: request, on: .none))
        #expect(found.host.contains("find-terminal") && !found.host.contains("hand-over-terminal"))
        #expect(found.inside.contains("open-terminal") && found.inside.contains("size-terminal"))
        #expect(found.inside.contains("control-terminal") && !found.inside.contains("bind-console"))
        request.terminal = .socket("/s")
        request.detach = true
        let handed = words(try Script(exec: request, on: .none))
        #expect(handed.host.contains("connect-console") && handed.host.contains("hand-over-terminal"))
    }

    @Test("the caller's descriptors stay, and a pidfd goes to the requested socket, under runc's name")
    func handedOver() throws {
        var request = request()
        request.kept = try KeptDescriptors(listening: 0, preserved: 3)
        request.pidfdSocket = PidfdSocket(path: "/p")
        let script = try Script(exec: request, on: .none)
        #expect(script.kept == request.kept)
        #expect(words(script).host.contains("check-descriptors") && words(script).host.contains("connect-pidfd-socket"))
        let pidfd = HandOverPidfd(socket: PidfdSocket(path: "/p"), kind: "setns")
        #expect(script.joint.contains(.host(Placed(.handOverPidfd(pidfd)))))
        #expect(
            script.joint.contains(.inside(Placed(.execute(Execute(kept: request.kept)), "/args"))))
    }

    @Test("both sides reach the end: each sync has a sender and a receiver")
    func syncs() throws {
        let messages = try Script(exec: request(), on: .none).joint.compactMap { line -> Message? in
            guard case .sync(let message, _) = line else { return nil }
            return message
        }
        #expect(messages == [.ready, .recorded])
    }
}
