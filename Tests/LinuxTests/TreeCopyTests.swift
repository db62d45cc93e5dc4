import Base
import Glibc
import TestSupport
import Testing

@testable import Linux

@Suite("Copies of trees that somebody else made")
struct TreeCopyTests {
    /// A folder with `from` and `to` in it, removed after the test.
    func withFolders(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        defer { _ = system("chmod -R u+rwx \(folder.path)") }
        for name in ["from", "to"] { #expect(mkdir("\(folder.path)/\(name)", 0o755) == 0) }
        try body(folder.path)
    }

    func copy(in folder: String) throws {
        try TreeCopy.copy(
            try Linux.open("\(folder)/from", [.path, .directory]),
            into: try Linux.open("\(folder)/to", [.path, .directory])
        )
    }

    /// Runs `script` in `folder` and returns what it printed.
    func shell(_ script: String, in folder: String) throws -> String {
        let file = try #require(popen("cd \(folder) && { \(script); } 2>&1", "r"))
        defer { pclose(file) }
        var text = "", line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, CInt(line.count), file) != nil {
            text += String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return text
    }

    @Test("files, folders, links and FIFOs are copied, with their modes and with several names for one file")
    func kinds() throws {
        try withFolders { folder in
            try onThreadOfItsOwn {
                // A umask only for this thread (CLONE_FS): other tests run at the same time and make files.
                try unshare(NamespaceFlags(rawValue: 0x200))
                umask(0o077)
                let make = """
                    mkdir -p from/a/b; echo one > from/a/b/file; chmod 604 from/a/b/file; ln -s ../nowhere from/a/link; \
                    mkfifo from/fifo; chmod 622 from/fifo; chmod 1731 from/a; ln from/a/b/file from/again; chmod 4755 from/again; \
                    mkdir -m 500 from/closed; : > from/empty
                    """
                #expect(try shell(make, in: folder) == "")
                try copy(in: folder)
                let list = "find . | sort | xargs stat -c '%n %A %h %N %s'"
                #expect(
                    try shell("cd to; \(list)", in: folder) == (try shell("chmod 755 to; cd from; \(list)", in: folder))
                )
                #expect(try shell("diff -r --no-dereference from/a to/a; cat to/again", in: folder) == "one\n")
            }
        }
    }

    @Test("holes stay holes, and the data between them is copied")
    func holes() throws {
        try withFolders { folder in
            #expect(
                try shell(
                    "truncate -s 3G from/hole; printf x | dd of=from/hole bs=1 seek=1G conv=notrunc status=none",
                    in: folder) == "")
            try copy(in: folder)
            #expect(
                try shell(
                    "stat -c %s to/hole; dd if=to/hole bs=1 skip=1G count=1 status=none; echo; [ $(stat -c %b to/hole) -lt 100000 ] && echo small",
                    in: folder) == "3221225472\nx\nsmall\n")
        }
    }

    @Test("names that are not UTF-8")
    func bytes() throws {
        try withFolders { folder in
            #expect(try shell(#"cd from; touch "$(printf '\377\376')"; mkdir "$(printf 'a\n\374')""#, in: folder) == "")
            try copy(in: folder)
            #expect(
                try shell(
                    "(cd from; ls | od) > a; (cd to; ls | od) > b; cmp a b; ls to | od -An -c | tr -d ' '", in: folder)
                    == #"a\n374\n377376\n"# + "\n")
        }
    }

    @Test("directories nested deeper than a path can name")
    func deep() throws {
        try withFolders { folder in
            let name = String(repeating: "d", count: 200)
            func walk(_ top: String, makes: Bool) -> CInt {
                var here = open("\(folder)/\(top)", O_RDONLY | O_DIRECTORY)
                for _ in 0..<30 {
                    if makes { mkdirat(here, name, 0o755) }
                    let below = openat(here, name, O_RDONLY | O_DIRECTORY)
                    close(here)
                    here = below
                }
                return here
            }
            let made = walk("from", makes: true)
            close(openat(made, "last", O_CREAT | O_WRONLY, 0o640))
            close(made)
            try copy(in: folder)
            let copied = walk("to", makes: false)
            defer { close(copied) }
            #expect(faccessat(copied, "last", F_OK, 0) == 0)
        }
    }

    @Test("no link is followed: neither out of the tree, nor in place of a directory")
    func links() throws {
        try withFolders { folder in
            #expect(
                try shell("mkdir out; touch out/secret; ln -s ../out from/dir; ln -s /etc/passwd from/file", in: folder)
                    == "")
            try copy(in: folder)
            #expect(try shell("readlink to/dir to/file", in: folder) == "../out\n/etc/passwd\n")
        }
    }

    @Test("a file that cannot be copied is named")
    func failing() throws {
        try withFolders { folder in
            #expect(try shell("mkdir -p from/a to/a", in: folder) == "")
            let source = try Linux.open("\(folder)/from", [.path, .directory])
            let target = try Linux.open("\(folder)/to", [.path, .directory])
            let failure = #expect(throws: Failure.self) { try TreeCopy.copy(source, into: target) }
            #expect(failure?.line == "copy a: make the directory: file exists")
        }
    }
}
