import Base
import TestSupport
import Testing

@testable import apus

@Suite("The root of the state")
struct StateRootTests {
    @Test(
        "the shortest form of a path",
        arguments: [
            ("/", "/"), ("//", "/"), ("/a", "/a"), ("/a/", "/a"), ("//a//b//", "/a/b"), ("/a/./b", "/a/b"),
            ("/a/../b", "/b"), ("/..", "/"), ("/../..//a/.", "/a"), ("/a/b/../..", "/"), ("/.../a", "/.../a"),
            ("/é/..b", "/é/..b"), ("/a/\u{301}/..", "/a"),
        ])
    func cleaned(path: String, expected: String) { #expect(Path.cleaned(path) == expected) }

    @Test("relative to a directory", arguments: [("/a", "/a"), ("a", "/d/a"), ("../a", "/d/../a"), ("", "/d/")])
    func absolute(path: String, expected: String) { #expect(Path.absolute(path, from: "/d") == expected) }

    @Test("the option, else the runtime directory, else /run/apus")
    func order() throws {
        let option = try StateRoot(option: "/x//y/", runtimeDirectory: "/run/user/7")
        #expect(option.path == "/x/y" && option.origin == .option)
        let runtimeDirectory = try StateRoot(option: nil, runtimeDirectory: "/run/user/7")
        #expect(runtimeDirectory.path == "/run/user/7/apus" && runtimeDirectory.origin == .runtimeDirectory)
        for none in [nil, ""] {
            let standard = try StateRoot(option: nil, runtimeDirectory: none)
            #expect(standard.path == "/run/apus" && standard.origin == .standard)
        }
    }

    @Test("/ is refused however it is written", arguments: ["/", "//", "/x/..", "/../.."])
    func slash(path: String) {
        let failure = #expect(throws: Failure.self) { try StateRoot(option: path, runtimeDirectory: nil) }
        #expect(failure?.line == "Option --root argument should not be set to /")
    }

    @Test("the root in the runtime directory is private and sticky, even if it existed before")
    func prepare() throws {
        let folder = try TemporaryFolder()
        let root = try StateRoot(option: nil, runtimeDirectory: folder.path)
        for _ in 1...2 {
            try root.prepare()
            #expect(try folder.mode("apus") == 0o1700)
        }
        let nowhere = try StateRoot(option: nil, runtimeDirectory: "\(folder.path)/none")
        let failure = #expect(throws: Failure.self) { try nowhere.prepare() }
        #expect(
            failure?.line == "mkdir \(folder.path)/none/apus: no such file or directory"
                + "; hint: the path in $XDG_RUNTIME_DIR must be writable by the user")
    }

    @Test("no other root is made before the first container")
    func prepareNothing() throws {
        let folder = try TemporaryFolder()
        try StateRoot(option: "\(folder.path)/root", runtimeDirectory: nil).prepare()
        #expect(throws: (any Error).self) { try folder.mode("root") }
    }
}
