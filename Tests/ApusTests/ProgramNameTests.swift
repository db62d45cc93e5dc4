import Testing

@testable import apus

@Suite("The name of the program")
struct ProgramNameTests {
    @Test(
        "who calls a program runc, or by the name of an engine's own runc, gets what runc does",
        arguments: [
            ("runc", "runc"), ("buildkit-runc", "runc"), ("docker-runc", "runc"), ("apus", "apus"), ("", "apus"),
            ("runc.distrib", "apus"), ("nvidia-container-runtime", "apus"), ("crunc", "apus"),
        ])
    func kind(name: String, expected: String) { #expect(ProgramName.kind(of: name) == expected) }

    @Test(
        "the name is the last part of the first argument",
        arguments: [("/usr/sbin/runc", "runc"), ("runc", "runc"), ("a/", "")])
    func base(path: String, expected: String) { #expect(ProgramName.base(path) == expected) }

    @Test("as runc: the first line of --version is what go-runc and nerdctl read, and its version is ours")
    func version() {
        let block = VersionBlock.text(isRunc: true).split(separator: "\n")
        #expect(block[0].hasPrefix("runc version 0.1.0+"))
        #expect(block[0].split(separator: " ").count == 3)
        #expect(block.dropFirst() == VersionBlock.text(isRunc: false).split(separator: "\n").dropFirst())
    }

    @Test("as runc: without --root the state is where runc keeps it")
    func root() throws {
        #expect(try StateRoot(option: nil, runtimeDirectory: nil, name: "runc").path == "/run/runc")
        #expect(try StateRoot(option: nil, runtimeDirectory: "/run/user/7", name: "runc").path == "/run/user/7/runc")
        #expect(try StateRoot(option: "/x", runtimeDirectory: nil, name: "runc").path == "/x")
    }
}
