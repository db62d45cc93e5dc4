import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Session keyrings")
struct KeyringTests {
    /// The keyrings of that name that the calling thread sees, with their permissions (proc(5), /proc/keys).
    private static func permissions(of name: String) throws -> [UInt] {
        let keys = try String(contentsOfFile: "/proc/keys", encoding: .utf8).split(separator: "\n")
        return keys.map { $0.split(separator: " ") }.filter { $0.count > 8 && $0[8] == "\(name):" }.compactMap {
            UInt($0[4], radix: 16)
        }
    }

    @Test(
        "it is joined by name, by everyone who may search it",
        .enabled(if: access("/proc/keys", R_OK) == 0, "no keyrings"),
        arguments: [Keyring.Searcher.owner, .anybody])
    func joins(searcher: Keyring.Searcher) throws {
        let name = "_apus-test.\(UUID().uuidString)"
        let found = try onThreadOfItsOwn {
            try Keyring.joinSession(name, searchableBy: searcher)
            return try Self.permissions(of: name)
        }
        #expect(found.count == 1)
        #expect(found.first.map { $0 & searcher.permission } == searcher.permission)
    }

    @Test("a keyring that is already ours stays", .enabled(if: access("/proc/keys", R_OK) == 0, "no keyrings"))
    func again() throws {
        let name = "_apus-test.\(UUID().uuidString)"
        let found = try onThreadOfItsOwn {
            for _ in 0..<3 { try Keyring.joinSession(name, searchableBy: .owner) }
            return try Self.permissions(of: name)
        }
        #expect(found.count == 1)
    }
}
