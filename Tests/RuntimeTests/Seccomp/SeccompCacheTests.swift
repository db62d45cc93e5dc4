import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

/// How compiled filters are kept and found again (WhatConfigMeans, "Seccomp").
@Suite("The cache of seccomp filters")
struct SeccompCacheTests {
    static let kernel = KernelVersion(major: 6, minor: 1)

    /// An entry of a profile that differs by `number`.
    static func entry(_ number: UInt64 = 0) throws -> SeccompCacheEntry {
        let condition = SeccompArgument(index: 0, value: number, op: .equal)
        let seccomp = Seccomp(
            defaultAction: .errno, syscalls: [SeccompRule(names: ["mkdir"], action: .allow, args: [condition])])
        return SeccompCacheEntry(
            key: SeccompCacheKey(try SeccompProfile(seccomp), kernel: kernel), note: "note \(number)",
            instructions: (0..<100).map { $0 << 32 | number << 8 | 6 })
    }

    @Test("a kept entry is found, and no other")
    func findsAgain() throws {
        let store = try Store()
        let entry = try Self.entry()
        #expect(try SeccompCache.find(entry.key, in: store.directory) == nil)
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)
        #expect(try SeccompCache.find(try Self.entry(1).key, in: store.directory) == nil)
        #expect(try status(store.cache).permissions == 0o700)
        #expect(try status(store.file(of: entry)).permissions == 0o600)
        #expect(store.names == [SeccompCache.fileName(of: entry.key)])
    }

    @Test("no container can have the cache's name, and no list shows it")
    func name() throws {
        #expect(throws: Failure.self) { try ContainerID(SeccompCache.folderName) }
        let store = try Store()
        try SeccompCache.keep(try Self.entry(), in: store.directory)
        #expect(try Runtime.Store(root: store.path).ids() == [])
    }

    @Test("a file that was cut short or changed in any byte is not used, and the next run replaces it")
    func damaged() throws {
        let store = try Store()
        let entry = try Self.entry()
        let whole = entry.bytes
        try SeccompCache.keep(entry, in: store.directory)
        func isUsed(_ bytes: [UInt8]) throws -> Bool {
            try Data(bytes).write(to: URL(fileURLWithPath: store.file(of: entry)))
            return ((try? SeccompCache.find(entry.key, in: store.directory)) ?? nil) != nil
        }
        #expect(try isUsed(whole))
        for count in stride(from: 0, to: whole.count, by: 7) {
            #expect(try !isUsed(Array(whole[..<count])), "\(count)")
        }
        for index in whole.indices {
            var bytes = whole
            bytes[index] ^= UInt8(1 << (index % 8))
            #expect(try !isUsed(bytes), "byte \(index)")
        }
        #expect(try !isUsed(whole + [0]))
        #expect(try !isUsed([UInt8](repeating: 0, count: whole.count)))
        #expect(try !isUsed([UInt8](repeating: 0xFF, count: SeccompCacheEntry.longest + 1)))
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)
    }

    @Test("of two keys with one file name, neither is taken for the other")
    func sameName() throws {
        let store = try Store()
        let (one, other) = (try Self.entry(1), try Self.entry(2))
        try SeccompCache.keep(other, in: store.directory)
        try FileManager.default.moveItem(atPath: store.file(of: other), toPath: store.file(of: one))
        let failure = #expect(throws: Failure.self) { try SeccompCache.find(one.key, in: store.directory) }
        #expect(failure?.action.hasSuffix("is damaged, or of another profile") ?? false)
        try SeccompCache.keep(one, in: store.directory)
        #expect(try SeccompCache.find(one.key, in: store.directory) == one)
    }

    @Test("a file or folder that others may change is not used", arguments: [0o604, 0o620, 0o606, 0o640, 0o666])
    func modes(mode: Int) throws {
        let store = try Store()
        let entry = try Self.entry()
        try SeccompCache.keep(entry, in: store.directory)
        chmod(store.file(of: entry), mode_t(mode))
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        // a new file replaces it
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)
        chmod(store.cache, mode_t(mode | 0o100))
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        #expect(throws: Failure.self) { try SeccompCache.keep(entry, in: store.directory) }
    }

    @Test("a file or folder of another user is not used", .enabled(if: isRoot, "needs root"))
    func owners() throws {
        let store = try Store()
        let entry = try Self.entry()
        try SeccompCache.keep(entry, in: store.directory)
        chown(store.file(of: entry), 1234, 0)
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)
        chown(store.cache, 1234, 0)
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        #expect(throws: Failure.self) { try SeccompCache.keep(entry, in: store.directory) }
    }

    @Test("no symbolic link is followed, and no FIFO waited for", .timeLimit(.minutes(1)))
    func links() throws {
        let store = try Store()
        let entry = try Self.entry()
        try SeccompCache.keep(entry, in: store.directory)
        let file = store.file(of: entry)
        let files = FileManager.default
        try files.moveItem(atPath: file, toPath: store.path + "/elsewhere")
        try files.createSymbolicLink(atPath: file, withDestinationPath: store.path + "/elsewhere")
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try status(file).kind == .regular)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)

        unlink(file)
        #expect(mkfifo(file, 0o600) == 0)
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        try SeccompCache.keep(entry, in: store.directory)
        #expect(try SeccompCache.find(entry.key, in: store.directory) == entry)

        try files.moveItem(atPath: store.cache, toPath: store.path + "/other")
        try files.createSymbolicLink(atPath: store.cache, withDestinationPath: store.path + "/other")
        #expect(throws: Failure.self) { try SeccompCache.find(entry.key, in: store.directory) }
        #expect(throws: Failure.self) { try SeccompCache.keep(entry, in: store.directory) }
    }

    @Test("the folder is bounded: the oldest entries go, also those that a killed run left")
    func bounded() throws {
        let store = try Store()
        for number in 0..<UInt64(SeccompCache.mostEntries + 10) {
            try SeccompCache.keep(try Self.entry(number), in: store.directory)
            if number == 3 { try Data([1]).write(to: URL(fileURLWithPath: store.cache + "/left.1.2")) }
        }
        #expect(store.names.count == SeccompCache.mostEntries)
        #expect(!store.names.contains("left.1.2"))
        #expect(try SeccompCache.find(try Self.entry(0).key, in: store.directory) == nil)
        let last = try Self.entry(UInt64(SeccompCache.mostEntries + 9))
        #expect(try SeccompCache.find(last.key, in: store.directory) == last)
    }

    @Test("an entry that is too long is not kept")
    func tooLong() throws {
        let store = try Store()
        var entry = try Self.entry()
        entry.note = String(repeating: "x", count: SeccompCacheEntry.longest)
        #expect(throws: Failure.self) { try SeccompCache.keep(entry, in: store.directory) }
        #expect(store.names == [])
    }

    @Test("runs at the same time find a whole entry or none", .timeLimit(.minutes(1)))
    func concurrent() throws {
        let store = try Store()
        let path = store.path
        let entries = try (0..<4).map { try Self.entry($0) }
        DispatchQueue.concurrentPerform(iterations: 400) { turn in
            guard let directory = try? Linux.open(path, [.path, .directory]) else { return }
            let entry = entries[turn % entries.count]
            if turn % 3 == 0 {
                #expect((try? SeccompCache.keep(entry, in: directory)) != nil)
            } else {
                let found = Result { try SeccompCache.find(entry.key, in: directory) }
                #expect((try? found.get()) == .some(nil) || (try? found.get()) == .some(entry))
            }
        }
        #expect(Set(store.names) == Set(entries.map { SeccompCache.fileName(of: $0.key) }))
    }

    /// A folder that stands for `--root`.
    struct Store: ~Copyable {
        let folder: TemporaryFolder
        let directory: Descriptor

        var path: String { folder.path }
        var cache: String { path + "/" + SeccompCache.folderName }
        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] }

        init() throws {
            let folder = try TemporaryFolder()
            directory = try Linux.open(folder.path, [.path, .directory])
            self.folder = folder
        }

        func file(of entry: SeccompCacheEntry) -> String { "\(cache)/\(SeccompCache.fileName(of: entry.key))" }
    }
}
