import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The places where mounts may go")
struct DestinationTests {
    @Test(
        "a path is cleaned byte by byte, as the kernel splits it",
        arguments: [
            ("/a//b/./c", "/a/b/c"), ("a/../b", "/b"), ("/../../x/", "/x"), ("/", "/"), ("/a/..", "/"),
            // A combining mark after the slash: one Character to Swift, but two bytes and a name to the kernel.
            ("/proc/\u{301}x/../sys", "/proc/sys"),
        ])
    func cleaned(path: String, expected: String) {
        #expect(Path.areSame(Path.cleaned(path), expected))
    }

    @Test("two names that are equal to Swift but not to the kernel are different")
    func bytes() {
        #expect(!Path.areSame("/caf\u{e9}", "/cafe\u{301}"))
    }

    @Test(
        "nothing goes into /proc except what lxcfs has, however it is spelled",
        arguments: ["/proc/sys", "/proc/../proc/self", "//proc//kcore", "/proc/\u{301}"])
    func proc(destination: String) {
        let failure = #expect(throws: Failure.self) {
            try Destination.of(Mount(destination: destination, type: "tmpfs"), isProc: false)
        }
        #expect(failure?.pointer == "/destination")
    }

    @Test("lxcfs' own files go into /proc", arguments: ["/proc/cpuinfo", "/proc/./uptime"])
    func lxcfs(destination: String) throws {
        #expect(try Destination.of(Mount(destination: destination), isProc: false) == Path.cleaned(destination))
    }
}
