import Testing

@testable import OCI

@Suite("What exec reads of a config.json")
struct ExecConfigTests {
    private let text = """
        {"ociVersion": "1.0.0", "process": {"cwd": "/", "args": ["a"]}, "mounts": 5, "root": {"path": 7},
         "linux": {"namespaces": 3, "personality": {"domain": "LINUX32"}, "resources": "none",
          "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}, "memoryPolicy": {"mode": "MPOL_LOCAL"}}}
        """

    @Test("the process, and what of linux concerns it; the rest is not looked at")
    func parts() throws {
        let config = try ExecConfig(json: text)
        #expect(config.process == Process(args: ["a"], cwd: "/"))
        #expect(config.linux.personality?.domain == .linux32)
        #expect(config.linux.memoryPolicy?.mode == .local)
        #expect(config.linux.seccomp?.defaultAction == .allow)
        #expect(config.linux.namespaces == nil && config.linux.resources == nil)
        #expect(try ConfigProcess(json: text).process == config.process)
    }

    @Test(
        "an error has its place", arguments: [#"{"process": {"cwd": 1}}"#, #"{"process": {"cwd": "/"}, "linux": []"#])
    func errors(text: String) {
        let failure = #expect(throws: (any Error).self) { try ExecConfig(json: text) }
        #expect(failure != nil)
    }
}
