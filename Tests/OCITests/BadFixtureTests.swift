import Base
import Foundation
import Testing

@testable import OCI

/// `spec-fixtures/bad/NAME` is a bundle's config.json that must be refused, and the exact line of the refusal. If NAME
/// begins with `read-`, reading must refuse it, and this suite tests that. Every other fixture must be read without
/// complaint; the rules of `Runtime` refuse it, and their suite tests that. So every fixture is tested somewhere.
@Suite("Fixtures that must be refused")
struct BadFixtureTests {
    static let folders = Folder.contents(Folder.fixtures.appending(path: "bad"))
    static let unreadable = folders.filter { $0.lastPathComponent.hasPrefix("read-") }.map(\.lastPathComponent)
    static let others = folders.map(\.lastPathComponent).filter { !$0.hasPrefix("read-") }

    static func file(_ name: String, _ file: String) -> URL {
        Folder.fixtures.appending(path: "bad").appending(path: name).appending(path: file)
    }

    @Test("there are fixtures")
    func present() { #expect(Self.unreadable.count >= 40) }

    @Test("reading refuses it with exactly this line", arguments: unreadable)
    func refused(name: String) throws {
        let expected = try String(contentsOf: Self.file(name, "error.txt"), encoding: .utf8)
        let bytes = try Folder.bytes(Self.file(name, "config.json"))
        let found = line { () throws(Failure) in _ = try Config(json: bytes) }
        #expect(found.map { $0 + "\n" } == expected)
    }

    @Test("a fixture that the rules of Runtime refuse can be read")
    func left() {
        for name in Self.others {
            // Some have no config.json at all, or a directory in its place: the bundle itself refuses these.
            guard let bytes = try? Folder.bytes(Self.file(name, "config.json")) else { continue }
            #expect(line { () throws(Failure) in _ = try Config(json: bytes) } == nil, "\(name)")
        }
    }

    @Test("good fixtures are read, and written without loss")
    func good() throws {
        let folders = Folder.contents(Folder.fixtures.appending(path: "good"))
        #expect(!folders.isEmpty)
        for folder in folders {
            let config = try Config(json: Folder.bytes(folder.appending(path: "config.json")))
            #expect(try Config(json: config.json(.spaces(2))) == config, "\(folder.lastPathComponent)")
        }
    }
}
