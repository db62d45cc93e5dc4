import Base
import Foundation
@testable import OCI
import Testing

@testable import Runtime

/// The standard itself, with its own examples.
@Suite("validate: the standard")
struct StandardTests {
    /// The examples for Linux; those of other platforms carry the platform's name.
    static let names = ["good", "bad"].flatMap { kind in
        Standard.files("schema/test/config/\(kind)").map { "\(kind)/\($0)" }
    }.filter { !$0.contains("/freebsd-") && !$0.contains("/zos-") }

    @Test("there are examples")
    func examples() { #expect(Self.names.count >= 9) }

    @Test(
        "its good examples have no error, its bad ones have one, apart from what only cgroup v1 can do",
        arguments: names)
    func agreement(name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: Standard.folder.appending(path: "schema/test/config/\(name)")))
        let validation = try Validation(of: bytes, at: "/bundle", on: .none, in: RuntimeOptions(root: "/run/apus"))
        let errors = validation.problems.filter { $0.level == .error && $0.subject != .runtime }
        #expect(errors.isEmpty == name.hasPrefix("good/"), "\(validation.text)")
    }

    @Test("every section that a problem names is a heading of the specification")
    func sections() throws {
        var headings: Set<String> = []
        for document in ["config.md", "config-linux.md"] {
            let text = try String(contentsOf: Standard.folder.appending(path: document), encoding: .utf8)
            headings.insert(document)
            for line in text.split(separator: "\n") where line.hasPrefix("#") {
                headings.insert("\(document)#\(Self.anchor(String(line)))")
            }
        }
        var pointers: [String] = ["/ociVersion", "/windows/x", "/unknown", ""]
        for kind in ["good", "bad"] {
            for name in Fixtures.names(kind) {
                let lines = ValidateFixtureTests.expected("\(kind)/\(name)")
                pointers += lines.map { $0.split(separator: " ").dropFirst(2).joined(separator: " ") }
            }
        }
        let config = try #require(try WholeConfig.pointers())
        for pointer in pointers + config {
            #expect(headings.contains(SpecSection.of(pointer)), "\(pointer): \(SpecSection.of(pointer))")
        }
    }

    /// The anchor that GitHub gives a heading: its words in small letters, with hyphens.
    private static func anchor(_ heading: String) -> String {
        let words = heading.replacing(/<[^>]*>/, with: "").drop { $0 == "#" || $0 == " " }
        return words.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
            .replacingOccurrences(of: " ", with: "-")
    }
}

/// The folder of the standard.
enum Standard {
    static let folder = URL(fileURLWithPath: Fixtures.folder).appending(path: "standard")

    static func files(_ path: String) -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
        return (found ?? []).sorted()
    }
}

/// The places of all properties in the standard's schema, `linux` down to the third level.
enum WholeConfig {
    static func pointers() throws -> [String]? {
        func object(_ file: String) throws -> [String: Any]? {
            let data = try Data(contentsOf: Standard.folder.appending(path: "schema/\(file)"))
            return try JSONSerialization.jsonObject(with: data) as? [String: Any]
        }
        func names(_ schema: Any?) -> [(String, Any)] {
            ((schema as? [String: Any])?["properties"] as? [String: Any])?.map { ($0.key, $0.value) } ?? []
        }
        var pointers: [String] = []
        for (name, schema) in names(try object("config-schema.json")) {
            pointers.append("/\(name)")
            pointers += names(schema).map { "/\(name)/\($0.0)" }
        }
        for (name, schema) in names(try object("config-linux.json")?["linux"]) {
            pointers.append("/linux/\(name)")
            pointers += names(schema).map { "/linux/\(name)/\($0.0)" }
        }
        return pointers.isEmpty ? nil : pointers
    }
}
