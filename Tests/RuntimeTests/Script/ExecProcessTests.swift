import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The process of exec")
struct ExecProcessTests {
    private let container = OCI.Process(
        user: User(uid: 1, gid: 2, umask: 0o27), args: ["init"], cwd: "/",
        capabilities: CapabilitySets(bounding: ["CAP_KILL"]),
        rlimits: [Rlimit(type: "RLIMIT_NOFILE", soft: 1, hard: 2)], apparmorProfile: "p", oomScoreAdj: 5,
        selinuxLabel: "l",
        execCPUAffinity: ExecCPUAffinity(final: "1"))

    @Test("what a process file leaves open comes from the container, and its place is in config.json")
    func inherits() {
        let exec = ExecProcess(OCI.Process(args: ["a"], cwd: "/x", oomScoreAdj: 0, selinuxLabel: ""), from: container)
        #expect(exec.process.capabilities == container.capabilities)
        #expect(exec.process.rlimits == container.rlimits)
        #expect(exec.process.apparmorProfile == "p" && exec.process.selinuxLabel == "l")
        #expect(exec.process.oomScoreAdj == 0)
        #expect(exec.process.execCPUAffinity == container.execCPUAffinity)
        #expect(exec.process.user == User(uid: 0, gid: 0, umask: 0o27))
        #expect(exec.place("rlimits", "/0") == "/process/rlimits/0")
        #expect(exec.place("cwd") == "/cwd" && exec.place("oomScoreAdj") == "/oomScoreAdj")
    }

    @Test("a complete process file inherits nothing, not even the program, the environment and no_new_privs")
    func complete() {
        let own = OCI.Process(
            user: User(uid: 9, gid: 9, umask: 0), args: ["a"], cwd: "/x", capabilities: CapabilitySets())
        let exec = ExecProcess(own, from: OCI.Process(args: ["b"], env: ["A=b"], cwd: "/", noNewPrivileges: true))
        #expect(exec.process == own)
        #expect(exec.place == ProcessPlace(base: ""))
    }

    @Test("options change the process of config.json, and no failure points into a file for them")
    func options() {
        var options = ExecOptions()
        options.arguments = ["ls"]
        options.uid = 7
        options.additionalGroups = [8]
        options.cwd = "/tmp"
        options.environment = ["A=b"]
        options.noNewPrivileges = true
        let current = OCI.Process(
            terminal: true, user: User(uid: 0, gid: 3, additionalGids: [4]), args: ["init"], env: ["C=d"], cwd: "/")
        let exec = ExecProcess(current, options: options, from: nil)
        #expect(exec.process.args == ["ls"] && exec.process.terminal == false)
        #expect(exec.process.user == User(uid: 7, gid: 3, additionalGids: [4, 8]))
        #expect(exec.process.cwd == "/tmp" && exec.process.env == ["C=d", "A=b"])
        #expect(exec.process.noNewPrivileges == true)
        for name in ["args", "user", "cwd", "env", "noNewPrivileges"] { #expect(exec.place(name) == "", "\(name)") }
        #expect(exec.place("rlimits", "/1") == "/process/rlimits/1")
    }

    @Test("--cap never makes a capability inheritable, nor ambient unless it was (CVE-2022-29162)")
    func capabilities() {
        var options = ExecOptions()
        options.capabilities = ["CAP_KILL", "CAP_CHOWN"]
        let sets = CapabilitySets(bounding: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN"])
        let exec = ExecProcess(OCI.Process(cwd: "/", capabilities: sets), options: options, from: nil).process
            .capabilities
        #expect(exec?.bounding == ["CAP_CHOWN", "CAP_KILL", "CAP_CHOWN"])
        #expect(exec?.permitted == ["CAP_KILL", "CAP_CHOWN"] && exec?.effective == exec?.permitted)
        #expect(exec?.inheritable == ["CAP_CHOWN"] && exec?.ambient == ["CAP_CHOWN"])
        let none = ExecProcess(OCI.Process(cwd: "/"), options: options, from: nil).process.capabilities
        #expect(none?.inheritable == nil && none?.ambient == [])
    }
}
