import Base
import Testing

@testable import Runtime

@Suite("The cgroup's path")
struct CgroupPathTests {
    // The paths that Debian's runc 1.1.5 makes of the same input, read from /proc/PID/cgroup, with our own cgroup at
    // `/`.
    @Test(
        "absolute, relative, absent; .. ends at the mount",
        arguments: [
            (nil, "/", "/one"), ("", "/", "/one"), ("/x/y/z", "/", "/x/y/z"), ("/x/../../../q/./w/", "/", "/q/w"),
            ("../../rel/a", "/", "/rel/a"), ("system.slice:docker:1234", "/", "/system.slice:docker:1234"),
            ("//a///b", "/", "/a/b"),
            // Beside our own cgroup, which has processes.
            (nil, "/user.slice/session-1.scope", "/user.slice/one"), ("rel", "/a/b", "/a/rel"),
            ("../../rel", "/a/b/c", "/a/b/rel"), ("/abs", "/a/b/c", "/abs"), (nil, "/a", "/one"),
            ("x/../y", "/a/b", "/a/y"),
        ] as [(String?, String, String)])
    func paths(cgroupsPath: String?, own: String, expected: String) throws {
        let path = try CgroupPath(cgroupsPath, id: "one", own: own)
        #expect(path.text == expected)
        #expect(path.onHost == "\(CgroupPath.mountPoint)\(expected)")
        #expect(try CgroupPath(recorded: expected) == path)
    }

    @Test(
        "a path that names no cgroup of the container's own is refused",
        arguments: ["/", ".", "..", "/..", "a/..", "/a/../..", "./", "a\u{0}b"])
    func refused(cgroupsPath: String) {
        let failure = #expect(throws: Failure.self) { try CgroupPath(cgroupsPath, id: "one", own: "/a/b") }
        #expect(failure?.pointer == "/linux/cgroupsPath")
    }

    @Test("if our own cgroup cannot be named, only an absolute path works")
    func outsideNamespace() throws {
        #expect(throws: Failure.self) { try CgroupPath(nil, id: "one", own: "/../other") }
        #expect(try CgroupPath("/abs", id: "one", own: "/../other").text == "/abs")
    }

    @Test(
        "a recorded path that is not clean was not written by apus, and nothing is removed by it",
        arguments: ["", "/", "a", "/a/", "/a/../b", "/a//b", "/.", "/./a"])
    func recorded(text: String) {
        #expect(throws: Failure.self) { try CgroupPath(recorded: text) }
    }

    @Test("whether a cgroup is below another is decided by parts, not by letters")
    func contains() throws {
        let path = try CgroupPath(recorded: "/a/b")
        #expect(path.contains(path))
        #expect(path.contains(try CgroupPath(recorded: "/a/b/c/d")))
        #expect(!path.contains(try CgroupPath(recorded: "/a/bc")))
        #expect(!path.contains(try CgroupPath(recorded: "/a")))
    }

    @Test("a child cannot be a sibling")
    func child() throws {
        let path = try CgroupPath(recorded: "/a/b")
        #expect(try path.child("/x/./y").text == "/a/b/x/y")
        #expect(try path.child("").text == "/a/b")
        for name in ["..", "../bc", "x/../../c", "/../c", "x\u{0}"] {
            #expect(throws: Failure.self) { try path.child(name) }
        }
    }

    @Test("our own cgroup is in the line of cgroup v2")
    func own() {
        #expect(CgroupPath.own(in: "0::/user.slice\n") == "/user.slice")
        #expect(CgroupPath.own(in: "1:name=systemd:/x\n10:memory:/y\n0::/a b\n") == "/a b")
        #expect(CgroupPath.own(in: "10::/no\n2:cpu:/z\n") == nil)
        #expect(CgroupPath.own(in: "") == nil)
    }
}
