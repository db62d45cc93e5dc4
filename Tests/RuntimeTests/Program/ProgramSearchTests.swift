import Base
import Foundation
import Testing

@testable import Runtime

@Suite("Finding the program")
struct ProgramSearchTests {
    /// A file system of four files.
    func probe(_ path: String) -> ProgramSearch.Finding {
        switch path {
        case "/bin/sh", "./here", "rel/tool", "/usr/bin/.foo", "dir/tool": .executable
        case "/bin", "/usr/bin/dir": .directory
        case "/usr/bin/plain", "/bin/plain": .forbidden(.EACCES)
        case "/bin/sh/x": .unreachable(.ENOTDIR)
        case "/secret/x": .unreachable(.EACCES)
        default: .unreachable(.ENOENT)
        }
    }

    @Test(
        "the search works as in execvp",
        arguments: [
            ("sh", "/usr/bin:/bin", "/bin/sh"), ("/bin/sh", "", "/bin/sh"), ("rel/tool", "/bin", "rel/tool"),
            ("here", "/bin:", "./here"), ("here", ":/bin", "./here"), ("here", "/usr/bin::/bin", "./here"),
            (".foo", "/usr/bin:/bin", "/usr/bin/.foo"), ("tool", "/bin:dir", "dir/tool"),
        ])
    func found(name: String, path: String, program: String) throws {
        #expect(try ProgramSearch.find(name, path: path, probe: probe) == program)
    }

    @Test(
        "the words that callers match on",
        arguments: [
            ("x", "/bin", #"exec: "x": executable file not found in $PATH"#),
            ("", "/bin", #"exec: "": executable file not found in $PATH"#),
            ("/x", "/bin", #"exec: "/x": stat /x: no such file or directory"#),
            ("./x", "/bin", #"exec: "./x": stat ./x: no such file or directory"#),
            ("/bin/plain", "/bin", #"exec: "/bin/plain": permission denied"#),
            ("/bin", "/bin", #"exec: "/bin": is a directory"#),
            ("/bin/sh/x", "/bin", #"exec: "/bin/sh/x": stat /bin/sh/x: not a directory"#),
            ("/secret/x", "/bin", #"exec: "/secret/x": stat /secret/x: permission denied"#),
            ("dir", "/usr/bin", #"exec: "dir": executable file not found in $PATH"#),
            ("a\"b\n", "/bin", #"exec: "a\"b\n": executable file not found in $PATH"#),
            (
                "plain", "/usr/bin:/bin",
                #"exec: "plain": executable file not found in $PATH; hint: /usr/bin/plain is there, but may not be executed"#
            ),
            ("sh", nil, #"exec: "sh": executable file not found in $PATH; hint: the environment has no PATH"#),
            ("sh", "", #"exec: "sh": executable file not found in $PATH; hint: the environment has no PATH"#),
        ] as [(String, String?, String)])
    func missing(name: String, path: String?, line: String) {
        let failure = #expect(throws: Failure.self) { try ProgramSearch.find(name, path: path, probe: probe) }
        #expect(failure?.line == line)
    }

    @Test("what the kernel says about real files")
    func look() throws {
        #expect(ProgramSearch.look(at: "/bin/sh") == .executable)
        #expect(ProgramSearch.look(at: "/etc/passwd") == .forbidden(.EACCES))
        #expect(ProgramSearch.look(at: "/etc") == .directory)
        #expect(ProgramSearch.look(at: "/no/such") == .unreachable(.ENOENT))
        #expect(ProgramSearch.look(at: "/etc/passwd/x") == .unreachable(.ENOTDIR))
        #expect(ProgramSearch.look(at: "/proc/version") == .forbidden(.EACCES))
    }
}
