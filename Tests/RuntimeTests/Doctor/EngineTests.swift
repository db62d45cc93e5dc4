import Base
import Testing

@testable import Runtime

/// What doctor reads in the settings of those who call apus, and about the calling user.
@Suite("Doctor: callers")
struct EngineTests {
    private static let host = EngineHost(
        program: "/opt/bin/apus", isRunc: false, hasSystemd: true, canUseSystemd: false)

    private func finding(_ engine: Engine, _ settings: EngineSettings, _ host: EngineHost = host) -> Finding {
        var answer = EngineAnswer(engine: engine)
        (answer.isHere, answer.settings) = (true, settings)
        return answer.finding(on: host)
    }

    @Test("Docker's daemon.json: runtimes, the default one, and the cgroup driver")
    func docker() throws {
        let settings = try EngineSettings(
            docker: """
                {"exec-opts": ["a=b", "native.cgroupdriver=cgroupfs"], "log-level": "warn", "default-runtime": "swift",
                 "runtimes": {"kata": {"runtimeType": "io.containerd.kata.v2"}, "swift": {"path": "/usr/bin/apus"}}}
                """)
        #expect(settings.driver == "cgroupfs" && settings.standard == "swift")
        #expect(settings.runtimes == [.init(name: "kata"), .init(name: "swift", path: "/usr/bin/apus")])
        #expect(
            finding(.docker, settings).line
                == "has     Docker: its default runtime is apus, as swift; its cgroup driver is cgroupfs; "
                + "needed for containers of Docker")
        #expect(throws: Failure.self) { try EngineSettings(docker: "{") }
    }

    @Test("Docker without settings: it does not know apus, and its driver follows systemd")
    func noSettings() {
        let told = finding(.docker, EngineSettings())
        #expect(told.state == .limited)
        #expect(told.found == "it does not know apus; its cgroup driver is systemd, which cannot work here")
        #expect(told.remedy?.contains(#""path": "/opt/bin/apus""#) == true)
        #expect(told.remedy?.hasSuffix("set its cgroup driver to cgroupfs") == true)
        var host = Self.host
        host.canUseSystemd = true
        host.isRunc = true
        let good = finding(.docker, EngineSettings(), host)
        #expect(good.state == .has && good.found == "its runc is apus; its cgroup driver is systemd")
    }

    @Test("containerd, Podman and CRI-O: the lines of their settings that matter")
    func lines() {
        var lines = SettingLines()
        lines.add(
            """
            version = 2
            # BinaryName = "/usr/bin/apus"
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
              SystemdCgroup = true
            [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.apus.options]
              BinaryName = "/usr/local/bin/apus"
              SystemdCgroup = false # ours
            """)
        var settings = EngineSettings(containerd: lines)
        #expect(settings.driver == "cgroupfs" && settings.runtimes.map { $0.path } == ["/usr/local/bin/apus"])
        #expect(finding(.containerd, settings).state == .has)

        lines = SettingLines()
        lines.add("[engine]\ncgroup_manager='systemd'\n")
        lines.add(
            "[engine]\ncgroup_manager = \"cgroupfs\"\nruntime=\"apus\"\n[engine.runtimes]\napus = [\"/bin/apus\", \"/x\"]\n"
        )
        settings = EngineSettings(podman: lines)
        #expect(
            settings
                == {
                    var all = EngineSettings()
                    (all.driver, all.standard, all.runtimes) = (
                        "cgroupfs", "apus", [.init(name: "apus", path: "/bin/apus")]
                    )
                    return all
                }())
        #expect(finding(.podman, settings).found.hasPrefix("its default runtime is apus, as apus"))

        lines = SettingLines()
        lines.add("[crio.runtime.runtimes.one]\nruntime_path = \"/opt/bin/apus\"\n")
        settings = EngineSettings(crio: lines)
        #expect(settings.driver == nil && settings.runtimes.map { $0.name } == ["one"])
        #expect(finding(.crio, settings).found.contains("systemd, which cannot work here"))
    }

    @Test("a caller that is not installed is no fault to be mended")
    func absent() {
        let told = EngineAnswer(engine: .crio).finding(on: Self.host)
        #expect(told.state == .lacks && told.remedy == nil && told.found == "crio is not in PATH")
    }

    @Test("subuid: the lines of the user, by name and by number; other lines and other users are skipped")
    func subordinate() {
        let text = "root:1:2\nann:100000:65536\n1000:300000:10\nbroken\nann:x:1\nanna:5:5\n"
        let ids = GrantedIDs(of: 1000, named: "ann", in: text)
        #expect(ids.text == "100000-165535, 300000-300009" && ids.count == 65546)
        #expect(GrantedIDs(of: 1001, named: nil, in: text).count == 0)
    }

    @Test("what a user lacks is said with the command that grants it")
    func user() throws {
        var answers = UserAnswers(user: 1000, name: "ann")
        answers.tools = [.init(name: "newuidmap"), .init(name: "newgidmap", path: "/bin/newgidmap")]
        let findings = answers.findings
        #expect(
            findings[0].line.hasPrefix("lacks   subuid: no range of ann in /etc/subuid; needed for more than one id"))
        #expect(findings[0].remedy?.hasPrefix("as root: usermod --add-subuids") == true)
        #expect(findings[2].found == "not in PATH")
        #expect(findings[3].remedy == "as root: chmod u+s /bin/newgidmap")
        answers.subuids = GrantedIDs(of: 1000, named: "ann", in: "ann:100000:1000")
        #expect(answers.findings[0].state == .limited)
    }

    @Test("systemd: process 1 and its buses, and whether its driver can work")
    func systemd() {
        var answers = SystemdAnswers(first: "systemd", isBooted: true)
        #expect(answers.canMakeUnits(isRoot: true) && !answers.canMakeUnits(isRoot: false))
        #expect(answers.findings.map { $0.state } == [.has, .has, .lacks])
        answers.userBus = .works
        answers.systemBus = .fails(Failure("connect", "connect", .ECONNREFUSED))
        #expect(!answers.canMakeUnits(isRoot: true) && answers.canMakeUnits(isRoot: false))
        answers.first = "init"
        #expect(answers.findings[0].found == "process 1 is init" && !answers.canMakeUnits(isRoot: false))
    }

    @Test("the user's bus is where its address says, otherwise in the usual place")
    func bus() {
        var options = DoctorOptions(program: "/apus")
        #expect(options.userBus == nil)
        options.runtimeDirectory = "/run/user/7"
        #expect(options.userBus == "/run/user/7/bus")
        options.busAddress = "unix:path=/x/bus,guid=1;tcp:"
        #expect(options.userBus == "/x/bus")
    }
}
