import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("The home in a container's /etc/passwd")
struct PasswdTests {
    func home(_ uid: UInt32, in text: String) -> String? {
        var search = PasswdSearch(uid: uid)
        search.take(text.utf8)
        search.end()
        return search.home
    }

    func name(_ uid: UInt32, in text: String) -> String? {
        var search = PasswdSearch(uid: uid)
        search.take(text.utf8)
        search.end()
        return search.name
    }

    @Test("the name of the same line")
    func named() {
        #expect(name(1000, in: "root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:\n") == "ann")
        #expect(name(7, in: "root:x:0:0::/:/bin/sh\n") == nil)
    }

    @Test("the first line of the user counts")
    func found() {
        let text = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33::/srv:/bin/false\nweb2:x:33:33::/no:\nlast:x:5:5::/last"
        #expect(home(0, in: text) == "/root")
        #expect(home(33, in: text) == "/srv")
        #expect(home(5, in: text) == "/last")
        #expect(home(1, in: text) == nil)
    }

    @Test(
        "a line that is not as passwd(5) describes is ignored",
        arguments: [
            "", ":", "a", "a:x:7", "a:x:7:7:c", "a:x:07a:7::/home:", "a:x:-7:7::/home:", "a:x:+7:7::/home:",
            "a:x: 7:7::/home:", "a:x:4294967303:7::/home:", "a:x:18446744073709551623:7::/home:", "#a:x:7:7::/home:",
            "+a:x:7:7::/home:", "-a:x:7:7::/home:", "7:x:a:7::/home:", "a:x:7:7:::", "a:x:7:7::/h\0me:",
        ])
    func malformed(line: String) {
        #expect(home(7, in: line) == nil)
        #expect(home(8, in: line + "\nb:x:8:8::/b:") == "/b")
    }

    @Test("a home that is not UTF-8 does not count, and the next line of the same user does not replace it")
    func notUTF8() {
        var search = PasswdSearch(uid: 7)
        search.take(Array("a:x:7:7::/".utf8) + [0xFF] + Array(":\nb:x:7:7::/b:\n".utf8))
        search.end()
        #expect(search.home == nil)
        #expect(search.isDone)
    }

    @Test("a line may have any length: its comment is not kept, and its home counts, up to the longest path")
    func longLine() {
        func home(comment: Int, home: Int) -> String? {
            var search = PasswdSearch(uid: 7)
            search.take("a:x:7:7:".utf8)
            for _ in 0..<comment { search.take([UInt8](repeating: 0x63, count: 1000)) }
            search.take(":/".utf8)
            search.take([UInt8](repeating: 0x68, count: home - 1))
            search.take(":/bin/sh\nb:x:7:7::/short:\n".utf8)
            return search.home
        }
        #expect(home(comment: 100, home: 3) == "/hh")
        #expect(home(comment: 0, home: 4095)?.utf8.count == 4095)
        #expect(home(comment: 0, home: 4096) == nil)
    }

    @Test("a file of the image may be anything")
    func hostileFiles() throws {
        let folder = try TemporaryFolder()
        let root = try Linux.open(folder.path, [.path, .directory])
        #expect(Passwd.home(of: 0, inside: root) == nil)

        try FileManager.default.createDirectory(atPath: folder.path + "/etc", withIntermediateDirectories: false)
        let file = folder.path + "/etc/passwd"
        mkfifo(file, 0o644)
        #expect(Passwd.home(of: 0, inside: root) == nil)
        unlink(file)
        mkdir(file, 0o755)
        #expect(Passwd.home(of: 0, inside: root) == nil)
        rmdir(file)
        symlink("/dev/zero", file)
        #expect(Passwd.home(of: 0, inside: root) == nil)
        unlink(file)
        symlink("/proc/self/fd/0", file)
        #expect(Passwd.home(of: 0, inside: root) == nil)
        unlink(file)
        // An absolute link is followed inside the root.
        symlink("/real", file)
        try "root:x:0:0::/inside:\n".write(toFile: folder.path + "/real", atomically: false, encoding: .utf8)
        #expect(Passwd.home(of: 0, inside: root) == "/inside")
        unlink(file)
    }

    @Test("no more is read than the limit, and half a line does not count")
    func limit() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/passwd"
        try "a:x:9:9::/a:\nb:x:8:8::/beyond:\n".write(toFile: path, atomically: false, encoding: .utf8)
        for (limit, home) in [(13, nil), (24, nil), (30, nil), (31, "/beyond"), (100, "/beyond")] as [(Int, String?)] {
            let file = try Linux.open(path, .readOnly)
            #expect(try Passwd.find(8, in: file, limit: limit)?.home == home, "\(limit)")
            let again = try Linux.open(path, .readOnly)
            #expect(try Passwd.find(9, in: again, limit: limit)?.home == "/a")
        }
        #expect(Passwd.limit == 10 << 20)
    }
}
