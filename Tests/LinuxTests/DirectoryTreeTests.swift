import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Trees of directories that somebody else made")
struct DirectoryTreeTests {
    /// A folder for this test, removed after it.
    func withFolder(_ body: (String, borrowing Descriptor) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try body(folder.path, try Linux.open(folder.path, [.path, .directory]))
    }

    func make(_ names: [String], in folder: String) throws {
        for name in names {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
    }

    let soon = Clock.monotonic() + 20_000_000_000

    @Test("every directory below goes, the deepest first; the top stays")
    func removes() throws {
        try withFolder { folder, top in
            try make(["a/b/c", "a/d", "e", "f/g/h/i", "...", "..x"], in: folder)
            try DirectoryTree.removeDirectories(below: top, until: soon)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test("what cannot be removed stays with the directories above it, and the rest goes")
    func keepsWhatIsInUse() throws {
        try withFolder { folder, top in
            try make(["a/b/c", "a/d", "e"], in: folder)
            try Data().write(to: URL(fileURLWithPath: "\(folder)/a/b/file"))
            try DirectoryTree.removeDirectories(below: top, until: soon)
            #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == ["a", "a/b", "a/b/file"])
        }
    }

    @Test("no link is followed out of the tree")
    func links() throws {
        try withFolder { folder, top in
            try make(["outside/kept", "inside/x"], in: folder)
            symlink("\(folder)/outside", "\(folder)/inside/link")
            let inside = try Linux.open("\(folder)/inside", [.path, .directory])
            try DirectoryTree.removeDirectories(below: inside, until: soon)
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == [
                    "inside", "inside/link", "outside", "outside/kept",
                ])
        }
    }

    @Test("names that are not UTF-8, and directories nested deeper than a path can name")
    func hostile() throws {
        try withFolder { folder, top in
            var name: [CChar] = [-1, 0x2F - 1, -2, 0]
            var parent = try Linux.open(folder, [.path, .directory])
            for _ in 0..<1200 {
                #expect(mkdirat(parent.number, &name, 0o755) == 0)
                parent = Descriptor(owning: openat(parent.number, &name, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
            }
            var count = 0
            try DirectoryTree.visit(top, until: soon) { _ throws(Failure) in count += 1 }
            #expect(count == 1201)
            try DirectoryTree.removeDirectories(below: top, until: soon)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }

    @Test("every directory is visited, each before those below it")
    func visits() throws {
        try withFolder { folder, top in
            try make(["a/b/c", "a/d", "e"], in: folder)
            try Data().write(to: URL(fileURLWithPath: "\(folder)/file"))
            var seen: [String] = []
            try DirectoryTree.visit(top, until: soon) { directory throws(Failure) in
                let path = try directory.readlinkat("/proc/self/fd/\(directory.number)")
                seen.append(String(path.dropFirst(folder.count)))
            }
            #expect(seen.sorted() == ["", "/a", "/a/b", "/a/b/c", "/a/d", "/e"])
            for path in seen where !path.isEmpty {
                let parent = path.split(separator: "/").dropLast().map { "/\($0)" }.joined()
                #expect(seen.firstIndex(of: parent) ?? .max < seen.firstIndex(of: path) ?? .min)
            }
        }
    }

    @Test("it ends when the time is up")
    func deadline() throws {
        try withFolder { folder, top in
            try make(["a/b"], in: folder)
            try DirectoryTree.removeDirectories(below: top, until: Clock.monotonic() - 1)
            #expect(FileManager.default.fileExists(atPath: "\(folder)/a/b"))
        }
    }

    @Test("a small file is read from its beginning each time")
    func pread() throws {
        try withFolder { folder, _ in
            let path = "\(folder)/file"
            try "first".write(toFile: path, atomically: false, encoding: .utf8)
            let file = try Linux.open(path, .readOnly)
            #expect(try file.pread(limit: 100, "it") == Array("first".utf8))
            try "second".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(try file.pread(limit: 3, "it") == Array("sec".utf8))
        }
    }
}
