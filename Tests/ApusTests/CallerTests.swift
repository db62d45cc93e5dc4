import Testing

@testable import apus

/// Command lines as the callers write them (WhatCallersRun, "Command lines").
@Suite("Command lines of the callers")
struct CallerTests {
    static let containerdGlobals = Globals(
        root: "/run/containerd/runc/k8s.io", log: "/b/log.json", logFormat: "json", systemdCgroup: true)
    static let containerdWords =
        "--root /run/containerd/runc/k8s.io --log /b/log.json --log-format json --systemd-cgroup"

    static let containerd: [CommandLineCase] = [
        CommandLineCase(
            "\(containerdWords) create --bundle /b --pid-file /b/init.pid c1", containerdGlobals,
            .create(CreateCommand(id: "c1", bundle: "/b", pidFile: "/b/init.pid"))),
        CommandLineCase(
            "\(containerdWords) create --bundle /b --pid-file /b/init.pid --console-socket /tmp/p/s --no-pivot"
                + " --no-new-keyring --preserve-fds 3 --pidfd-socket /tmp/q c1", containerdGlobals,
            .create(
                CreateCommand(
                    id: "c1", bundle: "/b", consoleSocket: "/tmp/p/s", pidfdSocket: "/tmp/q", pidFile: "/b/init.pid",
                    noPivot: true, noNewKeyring: true, preserveFDs: 3))),
        CommandLineCase("\(containerdWords) start c1", containerdGlobals, .start(StartCommand(id: "c1"))),
        CommandLineCase(
            "\(containerdWords) kill c1 9", containerdGlobals, .kill(KillCommand(id: "c1", signal: "9"))),
        CommandLineCase(
            "\(containerdWords) kill --all c1 9", containerdGlobals,
            .kill(KillCommand(id: "c1", signal: "9", all: true))),
        CommandLineCase("\(containerdWords) delete c1", containerdGlobals, .delete(DeleteCommand(id: "c1"))),
        CommandLineCase("\(containerdWords) pause c1", containerdGlobals, .pause(PauseCommand(id: "c1"))),
        CommandLineCase("\(containerdWords) resume c1", containerdGlobals, .resume(ResumeCommand(id: "c1"))),
        CommandLineCase(
            "--root /r --log /b/log.json --log-format json delete --force c1",
            Globals(root: "/r", log: "/b/log.json", logFormat: "json"), .delete(DeleteCommand(id: "c1", force: true))),
        CommandLineCase(
            "\(containerdWords) exec --process /tmp/p1 --console-socket /tmp/p/s --detach --pid-file /b/e1.pid c1",
            containerdGlobals,
            .exec(
                ExecCommand(
                    id: "c1", process: "/tmp/p1", detach: true, consoleSocket: "/tmp/p/s", pidFile: "/b/e1.pid"))),
        CommandLineCase("features", Globals(), .features(FeaturesCommand())),
        CommandLineCase("--debug list --format=json", Globals(debug: true), .list(ListCommand(format: "json"))),
        CommandLineCase("--rootless=true state c1", Globals(rootless: true), .state(StateCommand(id: "c1"))),
        CommandLineCase("--rootless=false state c1", Globals(rootless: false), .state(StateCommand(id: "c1"))),
        CommandLineCase("--rootless=auto state c1", Globals(rootless: nil), .state(StateCommand(id: "c1"))),
        CommandLineCase(
            "run --detach --keep -no-subreaper --bundle /b c1", Globals(),
            .run(
                RunCommand(creation: CreateCommand(id: "c1", bundle: "/b"), detach: true, keep: true, noSubreaper: true)
            )
        ),
    ]

    static let conmonAndPodman: [CommandLineCase] = [
        CommandLineCase(
            "--systemd-cgroup --log-format=json --log /p/oci-log create --bundle /p --pid-file /p/pidfile c1",
            Globals(log: "/p/oci-log", logFormat: "json", systemdCgroup: true),
            .create(CreateCommand(id: "c1", bundle: "/p", pidFile: "/p/pidfile"))),
        CommandLineCase(
            "create --bundle /p --pid-file /p/pidfile --no-pivot --no-new-keyring --preserve-fds 2"
                + " --console-socket /c/s c1", Globals(),
            .create(
                CreateCommand(
                    id: "c1", bundle: "/p", consoleSocket: "/c/s", pidFile: "/p/pidfile", noPivot: true,
                    noNewKeyring: true, preserveFDs: 2))),
        CommandLineCase(
            "--log-format=json --log /p/oci-log exec --pid-file /p/x/pidfile --process /p/x/p --detach --preserve-fds 2 c1",
            Globals(log: "/p/oci-log", logFormat: "json"),
            .exec(
                ExecCommand(
                    id: "c1", process: "/p/x/p", detach: true, pidFile: "/p/x/pidfile", preserveFDs: 2))),
        CommandLineCase("start c1", Globals(), .start(StartCommand(id: "c1"))),
        CommandLineCase(
            "--cgroup-manager disabled start c1", Globals(cgroupManager: "disabled"), .start(StartCommand(id: "c1"))),
        CommandLineCase(
            "update --resources=/r c1", Globals(), .update(UpdateCommand(id: "c1", file: "/r"))),
        CommandLineCase("kill c1 15", Globals(), .kill(KillCommand(id: "c1", signal: "15"))),
        CommandLineCase("kill --all c1 9", Globals(), .kill(KillCommand(id: "c1", signal: "9", all: true))),
        CommandLineCase("delete --force c1", Globals(), .delete(DeleteCommand(id: "c1", force: true))),
    ]

    static let crio: [CommandLineCase] = [
        CommandLineCase(
            "--root /run/apus --systemd-cgroup start c1", Globals(root: "/run/apus", systemdCgroup: true),
            .start(StartCommand(id: "c1"))),
        CommandLineCase("--root /run/apus state c1", Globals(root: "/run/apus"), .state(StateCommand(id: "c1"))),
        CommandLineCase("exec --process /tmp/p c1", Globals(), .exec(ExecCommand(id: "c1", process: "/tmp/p"))),
        CommandLineCase(
            "update --resources - c1", Globals(), .update(UpdateCommand(id: "c1", file: "-"))),
        CommandLineCase("kill c1 KILL", Globals(), .kill(KillCommand(id: "c1", signal: "KILL"))),
        CommandLineCase("kill -a c1 9", Globals(), .kill(KillCommand(id: "c1", signal: "9", all: true))),
    ]

    static let buildkitAndBuildah: [CommandLineCase] = [
        CommandLineCase(
            "--log /r/runc-log.json --log-format json run --bundle /b --no-pivot --keep c1",
            Globals(log: "/r/runc-log.json", logFormat: "json"),
            .run(RunCommand(creation: CreateCommand(id: "c1", bundle: "/b", noPivot: true), keep: true))),
        CommandLineCase("state c1", Globals(), .state(StateCommand(id: "c1"))),
        CommandLineCase(
            "--systemd-cgroup create --bundle /b --pid-file /b/pid --console-socket /s c1",
            Globals(systemdCgroup: true),
            .create(CreateCommand(id: "c1", bundle: "/b", consoleSocket: "/s", pidFile: "/b/pid"))),
        CommandLineCase("kill c1", Globals(), .kill(KillCommand(id: "c1", signal: "SIGTERM"))),
        CommandLineCase("delete c1", Globals(), .delete(DeleteCommand(id: "c1"))),
    ]

    /// nvidia's wrapper looks for these spellings, and passes on what it was given.
    static let nvidia: [CommandLineCase] = [
        "create -bundle /b c1", "create -b=/b c1", "create --b /b c1", "create c1 --bundle=/b",
        "create -bundle=/b -- c1",
    ].map { CommandLineCase($0, Globals(), .create(CreateCommand(id: "c1", bundle: "/b"))) }

    /// vminitd's Runc.swift sends a bare --rootless.
    static let apple: [CommandLineCase] = [
        CommandLineCase(
            "--root /r --debug --log /l --log-format text --systemd-cgroup --rootless create --bundle /b c1",
            Globals(root: "/r", log: "/l", logFormat: "text", debug: true, systemdCgroup: true, rootless: true),
            .create(CreateCommand(id: "c1", bundle: "/b"))),
        CommandLineCase(
            "--rootless false list --format json", Globals(rootless: false), .list(ListCommand(format: "json"))),
        CommandLineCase("--rootless auto state c1", Globals(), .state(StateCommand(id: "c1"))),
        CommandLineCase(
            "--rootless run --detach --pid-file /p c1", Globals(rootless: true),
            .run(RunCommand(creation: CreateCommand(id: "c1", pidFile: "/p"), detach: true))),
        CommandLineCase("kill c1 9", Globals(), .kill(KillCommand(id: "c1", signal: "9"))),
        CommandLineCase("delete --force c1", Globals(), .delete(DeleteCommand(id: "c1", force: true))),
    ]

    /// Our own.
    static let people: [CommandLineCase] = [
        CommandLineCase("validate", Globals(), .validate(ValidateCommand())),
        CommandLineCase(
            "validate -b /b --host=none --json", Globals(),
            .validate(ValidateCommand(bundle: "/b", host: "none", json: true))),
        CommandLineCase("doctor", Globals(), .doctor(DoctorCommand())),
        CommandLineCase("doctor --json", Globals(), .doctor(DoctorCommand(json: true))),
        CommandLineCase("explain", Globals(), .explain(ExplainCommand())),
        CommandLineCase(
            "explain -b /b --host none", Globals(), .explain(ExplainCommand(bundle: "/b", host: "none"))),
        CommandLineCase(
            "--trace /t run -d c1", Globals(trace: "/t"),
            .run(RunCommand(creation: CreateCommand(id: "c1"), detach: true))),
        CommandLineCase("spec", Globals(), .spec(SpecCommand())),
        CommandLineCase("spec --rootless -b /b", Globals(), .spec(SpecCommand(bundle: "/b", rootless: true))),
        CommandLineCase(
            "exec -t -u 1:2 -e A=b -e C=d -g 3 -g 4 -c CAP_X --cgroup x --cwd /c --ignore-paused c1 ls -e x --user=y",
            Globals(),
            .exec(
                ExecCommand(
                    id: "c1", arguments: ["ls", "-e", "x", "--user=y"], tty: true, cwd: "/c",
                    environment: ["A=b", "C=d"],
                    user: "1:2", additionalGids: ["3", "4"], capabilities: ["CAP_X"], cgroups: ["x"],
                    ignorePaused: true))),
        CommandLineCase("list -q", Globals(), .list(ListCommand(quiet: true))),
        CommandLineCase("list -f json", Globals(), .list(ListCommand(format: "json"))),
    ]

    @Test(
        "each command line means what its caller means",
        arguments: containerd + conmonAndPodman + crio + buildkitAndBuildah + nvidia + apple + people)
    func meaning(of expected: CommandLineCase) {
        let (globals, request) = read(expected.line)
        #expect(globals == expected.globals)
        #expect(request == .perform(expected.command))
    }
}
