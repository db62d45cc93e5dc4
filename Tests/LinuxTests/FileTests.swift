import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Files of the host")
struct FileTests {
    private func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test("a file that is replaced has the new content, the mode, and no other name")
    func replaces() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        for content in ["one", "another, and longer", ""] {
            try directory.writeFileByRename("state.json", with: content, mode: 0o600)
            #expect(read("\(folder.path)/state.json") == content)
            #expect(try status("\(folder.path)/state.json").permissions == 0o600)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.json"])
    }

    @Test("a reader sees a whole content, of before or after, while the file is replaced", .timeLimit(.minutes(1)))
    func whole() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        let contents = ["a", "b"].map { String(repeating: $0, count: 100_000) }
        try directory.writeFileByRename("f", with: contents[0], mode: 0o600)
        let path = "\(folder.path)/f"
        let reader = Task.detached { (0..<200).allSatisfy { _ in read(path).map { contents.contains($0) } ?? false } }
        for round in 0..<200 { try directory.writeFileByRename("f", with: contents[round % 2], mode: 0o600) }
        let done = DispatchSemaphore(value: 0)
        let box = Verdict()
        Task.detached {
            box.isGood = await reader.value
            done.signal()
        }
        done.wait()
        #expect(box.isGood)
    }

    @Test("a file that already has the temporary name is not written through, nor waited for", .timeLimit(.minutes(1)))
    func hostileTemporary() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        _ = FileManager.default.createFile(atPath: "\(folder.path)/victim", contents: Data("victim".utf8))
        mkfifo("\(folder.path)/.pid.new", 0o666)
        try directory.writeFileByRename("pid", with: "1", mode: 0o644)
        symlink("victim", "\(folder.path)/.pid.new")
        try directory.writeFileByRename("pid", with: "2", mode: 0o644)
        link("\(folder.path)/victim", "\(folder.path)/.pid.new")
        try directory.writeFileByRename("pid", with: "3", mode: 0o644)
        #expect(read("\(folder.path)/victim") == "victim")
        #expect(read("\(folder.path)/pid") == "3")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["pid", "victim"])
    }

    @Test("a file that cannot be replaced leaves nothing beside it")
    func refused() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        mkdir("\(folder.path)/d", 0o755)
        let failure = #expect(throws: Failure.self) { try directory.writeFileByRename("d", with: "x", mode: 0o600) }
        #expect(failure?.errno == .EISDIR)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["d"])
    }

    @Test("every name of a directory is listed once, however many there are")
    func listsNames() throws {
        let folder = try TemporaryFolder()
        #expect(try Linux.open(folder.path, [.readOnly, .directory]).names() == [])
        // More than fit one getdents64(2) of 8 KiB, with the longest name there is.
        var expected = (0..<500).map { "name-\($0)-\(String(repeating: "x", count: $0 % 40))" }
        expected += [String(repeating: "n", count: 255), "...", ".hidden", "é"]
        for name in expected { _ = FileManager.default.createFile(atPath: "\(folder.path)/\(name)", contents: nil) }
        let found = try Linux.open(folder.path, [.readOnly, .directory]).names()
        #expect(found.sorted() == expected.sorted())
    }

    @Test("more than the limit is an error, and the limit itself is not", arguments: [0, 1, 16384, 70000])
    func limits(size: Int) throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/f"
        _ = FileManager.default.createFile(atPath: path, contents: Data(repeating: 7, count: size))
        #expect(try Linux.open(path, .readOnly).readAll(limit: size, "f").count == size)
        guard size > 0 else { return }
        let failure = #expect(throws: Failure.self) { try Linux.open(path, .readOnly).readAll(limit: size - 1, "f") }
        #expect(failure?.line == "read f: more than \(size - 1) bytes; hint: apus refuses more than \(size - 1) bytes")
    }
}

private final class Verdict: @unchecked Sendable { var isGood = false }
