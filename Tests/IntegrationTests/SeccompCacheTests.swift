import Glibc
import Testing

@testable import Runtime

/// The cache of compiled filters below `--root` (WhatConfigMeans, "Seccomp"). crun has another kind of cache, runc has
/// none.
@Suite("Seccomp cache", .inMachine, .oursOnly)
struct SeccompCacheTests {
    static func withBundle(_ body: (Bundle) throws -> Void) throws {
        try Bundle.with(
            {
                $0["linux"]["seccomp"] = SeccompTests.profile([
                    "names": SeccompTests.folders, "action": "SCMP_ACT_ERRNO", "errnoRet": 77,
                ])
                $0.shell("mkdir /tmp/x 2>/dev/null; echo $?; grep Seccomp: /proc/self/status")
            }, body)
    }

    /// Runs the container, which must be confined, and returns whether its filter came from the cache.
    @discardableResult
    static func run(_ bundle: Bundle, sourceLocation: SourceLocation = #_sourceLocation) throws -> Bool {
        let outcome = try bundle.call(["--debug", "run", "--bundle", bundle.folder, bundle.id])
        #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
        #expect(outcome.output.words == ["1", "Seccomp:", "2"], "\(outcome.said)", sourceLocation: sourceLocation)
        #expect(outcome.diagnostics == "", sourceLocation: sourceLocation)
        let wasFound = outcome.log.contains("the seccomp filter comes from the cache")
        #expect(wasFound != outcome.log.contains("the seccomp filter was compiled"), sourceLocation: sourceLocation)
        return wasFound
    }

    static func folder(_ bundle: Bundle) -> String { bundle.state + "/" + SeccompCache.folderName }
    static func file(_ bundle: Bundle) throws -> String {
        folder(bundle) + "/" + (try #require(Files.names(folder(bundle)).first))
    }

    @Test("the second run takes the filter of the first, without libseccomp; no list shows the cache")
    func secondRun() throws {
        try Self.withBundle { bundle in
            #expect(try !Self.run(bundle))
            #expect(try Self.run(bundle))
            #expect((Files.status(Self.folder(bundle))?.st_mode ?? 0) & 0o777 == 0o700)
            #expect((Files.status(try Self.file(bundle))?.st_mode ?? 0) & 0o777 == 0o600)
            #expect(try bundle.call("list", "--quiet").output == "")
            // libseccomp compiles into a memory file.
            let trace = bundle.folder + "/log/strace"
            let outcome = try Program.run(
                ["strace", "-f", "-qq", "-o", trace, "-e", "trace=memfd_create,seccomp"]
                    + bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null"))
            #expect(outcome.exit == 0, "\(outcome.said)")
            let text = try Files.text(trace)
            #expect(text.contains("SECCOMP_SET_MODE_FILTER") && !text.contains("memfd_create"), "\(text)")
        }
    }

    @Test("another profile is compiled anew, and each is found again")
    func otherProfile() throws {
        try Self.withBundle { bundle in
            try Self.run(bundle)
            try bundle.edit { $0["linux"]["seccomp"]["syscalls"][0]["errnoRet"] = 78 }
            #expect(try !Self.run(bundle))
            #expect(try Self.run(bundle))
            try bundle.edit { $0["linux"]["seccomp"]["syscalls"][0]["errnoRet"] = 77 }
            #expect(try Self.run(bundle))
            #expect(Files.names(Self.folder(bundle)).count == 2)
        }
    }

    @Test("a file that is damaged, open to others, another user's or a link is not used, but replaced")
    func untrusted() throws {
        try Self.withBundle { bundle in
            try Self.run(bundle)
            let file = try Self.file(bundle)
            let good = try Files.bytes(file)
            func expectReplaced(_ what: String, _ change: () throws -> Void) throws {
                try change()
                #expect(try !Self.run(bundle), "\(what)")
                #expect(try Self.run(bundle), "\(what)")
                #expect(try Files.bytes(file) == good, "\(what)")
            }
            try expectReplaced("empty") { try Files.write(file, [] as [UInt8]) }
            try expectReplaced("cut") { try Files.write(file, Array(good.dropLast())) }
            try expectReplaced("changed") {
                var bytes = good
                bytes[bytes.count - 12] ^= 1
                try Files.write(file, bytes)
            }
            try expectReplaced("writable") { chmod(file, 0o620) }
            try expectReplaced("owned") { chown(file, 1000, 1000) }
            try expectReplaced("linked") {
                rename(file, bundle.folder + "/elsewhere")
                symlink(bundle.folder + "/elsewhere", file)
            }
        }
    }

    @Test(
        "a folder that others may write, or another file in its place, is not used",
        arguments: ["writable", "owned", "linked", "file"])
    func untrustedFolder(kind: String) throws {
        try Self.withBundle { bundle in
            try Self.run(bundle)
            let folder = Self.folder(bundle)
            switch kind {
            case "writable": chmod(folder, 0o770)
            case "owned": chown(folder, 1000, 1000)
            default:
                rename(folder, bundle.folder + "/elsewhere")
                if kind == "file" { try Files.write(folder, "") } else { symlink(bundle.folder + "/elsewhere", folder) }
            }
            for _ in 0..<2 { #expect(try !Self.run(bundle)) }
        }
    }

    @Test("an entry says which apus compiled it, so that another one does not use it")
    func version() throws {
        try Self.withBundle { bundle in
            try Self.run(bundle)
            let version =
                try Program.run([RuntimeUnderTest.path, "--version"]).output.words.first { $0.first?.isNumber == true }
                ?? "?"
            let entry = try Files.bytes(try Self.file(bundle))
            #expect(entry.contains(text: version + " "), "not of \(version)")
        }
    }

    @Test("a disk that is full or read-only fails no run", arguments: ["ENOSPC", "EROFS", "EIO"])
    func unwritable(errno: String) throws {
        try Self.withBundle { bundle in
            try Self.run(bundle)
            let folder = Self.folder(bundle)
            unlink(try Self.file(bundle))
            let strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=openat,renameat2", "-P", folder]
            let outcome = try Program.run(
                strace + ["-e", "inject=openat,renameat2:error=\(errno)"]
                    + bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null"))
            #expect(outcome.exit == 0 && outcome.output.words == ["1", "Seccomp:", "2"], "\(outcome.said)")
            #expect(Files.names(folder) == [])
        }
    }

    @Test("many runs at once with an empty cache are all confined, and keep one file")
    func concurrent() throws {
        try Self.withBundle { bundle in
            try bundle.edit { $0["linux"]["cgroupsPath"] = .null }
            let programs = try (0..<12).map {
                try bundle.begin("run", "--bundle", bundle.folder, "\(bundle.id)-\($0)")
            }
            for program in programs {
                let outcome = program.outcome(within: 300)
                #expect(outcome.output.words == ["1", "Seccomp:", "2"], "\(outcome.said)")
            }
            #expect(Files.names(Self.folder(bundle)).count == 1)
            #expect(try Self.run(bundle))
        }
    }
}
