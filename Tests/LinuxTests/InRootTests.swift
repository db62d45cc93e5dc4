import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

/// A root that the maker of an image prepared, and a folder beside it that must stay as it is.
private final class HostileRoot {
    private let folder: TemporaryFolder
    let outside: String
    let inside: String

    init() throws {
        folder = try TemporaryFolder()
        outside = "\(folder.path)/outside"
        inside = "\(folder.path)/root"
        for path in [outside, inside, "\(inside)/etc", "\(inside)/dir"] { mkdir(path, 0o755) }
        write("inside", to: "\(inside)/etc/file")
        write("outside", to: "\(outside)/file")
    }

    func open() throws -> Descriptor { try Linux.open(inside, [.path, .directory]) }

    func link(_ name: String, to target: String) { symlink(target, "\(inside)/\(name)") }

    func write(_ text: String, to path: String) {
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
    }

    func exists(_ name: String) -> Bool { access("\(inside)/\(name)", F_OK) == 0 }

    /// What is outside; `["file"]` as long as nothing has got there.
    var found: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: outside) }
    }
}

private func text(_ file: borrowing Descriptor) throws -> String {
    String(decoding: try file.readAll(limit: 100, "the file"), as: UTF8.self)
}

@Suite("The one door into a root")
struct InRootTests {
    @Test("however a link or a path climbs, it stays inside")
    func climbing() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        hostile.link("up", to: "../../../../../../etc")
        hostile.link("absolute", to: "/etc")
        hostile.link("chain", to: "up/../absolute")
        for path in [
            "etc/file", "/etc/file", "../../etc/file", "up/file", "absolute/file", "chain/file", "dir/../up/file",
        ] {
            #expect(try text(try root.openat2(path, .readOnly)) == "inside", "\(path)")
        }
        hostile.link("host", to: "\(hostile.outside)/file")
        let failure = #expect(throws: Failure.self) { _ = try root.openat2("host", .readOnly) }
        #expect(failure?.errno == .ENOENT)
    }

    @Test("a magic link of procfs is refused, and so is a circle of links")
    func magicLinks() throws {
        let proc = try Linux.open("/proc", [.path, .directory])
        for path in ["self/cwd", "self/root/etc", "self/fd/0", "self/exe"] {
            let failure = #expect(throws: Failure.self) { _ = try proc.openat2(path, .path) }
            #expect(failure?.errno == .ELOOP, "\(path)")
        }
        let hostile = try HostileRoot()
        hostile.link("circle", to: "round")
        hostile.link("round", to: "circle")
        let failure = #expect(throws: Failure.self) { _ = try hostile.open().openat2("circle", .path) }
        #expect(failure?.errno == .ELOOP)
    }

    @Test("with noLinks, a link in any part of the path is refused")
    func noLinks() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        hostile.link("etc2", to: "etc")
        _ = try root.openat2("/etc/file", .path, resolve: [.inRoot, .noLinks])
        for path in ["etc2", "etc2/file", "dir/../etc2/file"] {
            let failure = #expect(throws: Failure.self) {
                _ = try root.openat2(path, .path, resolve: [.inRoot, .noLinks])
            }
            #expect(failure?.errno == .ELOOP, "\(path)")
        }
    }

    @Test("with noMounts, a mount is not crossed")
    func noMounts() throws {
        let host = try Linux.open("/", [.path, .directory])
        let failure = #expect(throws: Failure.self) {
            _ = try host.openat2("proc/self", .path, resolve: [.beneath, .noMounts])
        }
        #expect(failure?.errno == Errno(rawValue: 18))
    }

    @Test("missing directories are made, and existing ones are used")
    func makesDirectories() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        let made = try root.openMakingDirectories("/dir/a/../b//c/.", mode: 0o700)
        #expect(try made.status().permissions == 0o700)
        #expect(hostile.exists("dir/a") && hostile.exists("dir/b/c"))
        let again = try root.openMakingDirectories("dir/b/c", mode: 0o755)
        #expect(try again.status() == made.status())
        let failure = #expect(throws: Failure.self) {
            _ = try root.openMakingDirectories("/etc/file/x", mode: 0o755)
        }
        #expect(failure?.errno == .ENOTDIR)
    }

    @Test("the target of a link to nothing is made, inside")
    func makesTargets() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        hostile.link("absolute", to: "\(hostile.outside)/new/deep")
        hostile.link("dir/relative", to: "../../../../other/deep")
        hostile.link("dir/chain", to: "../absolute/deeper")
        let first = try root.openMakingDirectories("/absolute/x", mode: 0o755)
        #expect(hostile.exists("\(hostile.outside)/new/deep/x"))
        _ = try root.openMakingDirectories("dir/relative", mode: 0o755)
        #expect(hostile.exists("other/deep"))
        _ = try root.openMakingDirectories("/dir/chain", mode: 0o755)
        #expect(hostile.exists("\(hostile.outside)/new/deep/deeper"))
        #expect(try root.openat2("absolute/x", .path).status() == first.status())
        #expect(try hostile.found == ["file"])
    }

    @Test("a slash before a combining mark is a slash: it separates two parts of a path")
    func combiningMark() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        hostile.link("out", to: hostile.outside)
        hostile.link("directory", to: "out/\u{301}made")
        hostile.link("file", to: "out/\u{301}made-too")
        _ = try root.openMakingDirectories("directory", mode: 0o755)
        _ = try root.openMakingFile("file")
        #expect(try hostile.found == ["file"])
        #expect(
            hostile.exists("\(hostile.outside)/\u{301}made") && hostile.exists("\(hostile.outside)/\u{301}made-too"))
    }

    @Test("a missing file is made with its parents, empty, and a link to nothing is followed inside")
    func makesFiles() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        let made = try root.openMakingFile("/run/a/hosts").status()
        #expect(made.kind == .regular && made.permissions == 0o644 && made.size == 0)
        hostile.link("dir/resolv.conf", to: "../../../run/stub/resolv.conf")
        _ = try root.openMakingFile("dir/resolv.conf")
        #expect(hostile.exists("run/stub/resolv.conf"))
        hostile.link("host", to: "\(hostile.outside)/new")
        _ = try root.openMakingFile("host")
        #expect(hostile.exists("\(hostile.outside)/new"))
        #expect(try text(try root.openat2("etc/file", .readOnly)) == "inside")
        #expect(try root.openMakingFile("etc/file").status().size == 6)
        #expect(try hostile.found == ["file"])
    }

    @Test("a FIFO in a file's place is not opened for reading")
    func fifo() throws {
        let hostile = try HostileRoot()
        mkfifo("\(hostile.inside)/fifo", 0o600)
        hostile.link("link", to: "/fifo")
        #expect(try hostile.open().openMakingFile("link").status().kind == .fifo)
    }

    @Test("an endless chain of links is refused", .timeLimit(.minutes(1)))
    func endless() throws {
        let hostile = try HostileRoot()
        let root = try hostile.open()
        for number in 0..<60 { hostile.link("l\(number)", to: "l\(number + 1)/x") }
        hostile.link("self", to: "self/x")
        for path in ["l0", "self", "self/y"] {
            let directory = #expect(throws: Failure.self) {
                _ = try root.openMakingDirectories(path, mode: 0o755)
            }
            #expect(directory?.errno == .ELOOP, "\(path)")
            let file = #expect(throws: Failure.self) { _ = try root.openMakingFile(path) }
            #expect(file?.errno == .ELOOP, "\(path)")
        }
    }
}
