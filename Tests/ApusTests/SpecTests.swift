import Base
import Foundation
@testable import OCI
import TestSupport
import Testing

@testable import apus

@Suite("spec")
struct SpecTests {
    @Test("writes the example, indented by tabs, and reads back as it was")
    func writes() throws {
        let folder = try TemporaryFolder()
        try SpecCommand(bundle: folder.path).perform()
        let text = try folder.text("config.json")
        #expect(text.hasPrefix("{\n\t\"ociVersion\": \"1.3.0\",\n\t"))
        #expect(text.hasSuffix("}\n"))
        #expect(try folder.mode("config.json") | 0o066 == 0o666)
    }

    @Test("for a user without privileges there is a user namespace and no limit")
    func rootless() throws {
        let folder = try TemporaryFolder()
        try SpecCommand(bundle: folder.path, rootless: true).perform()
        let text = try folder.text("config.json")
        #expect(text.contains("\"type\": \"user\""))
        #expect(text.contains("\"hostID\": \(geteuid()),"))
        #expect(!text.contains("\"resources\""))
    }

    @Test("an existing file stays as it is")
    func exists() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "config.json")
        let failure = #expect(throws: Failure.self) { try SpecCommand(bundle: folder.path).perform() }
        #expect(failure?.line == "File config.json exists. Remove it first")
        #expect(try folder.text("config.json") == "mine")
    }

    @Test("a bundle that does not exist or is no directory is refused")
    func noBundle() throws {
        let missing = #expect(throws: Failure.self) { try SpecCommand(bundle: "/nonexistent").perform() }
        #expect(missing?.line == "open /nonexistent: no such file or directory")
        let file = #expect(throws: Failure.self) { try SpecCommand(bundle: "/dev/null").perform() }
        #expect(file?.line == "open /dev/null: not a directory")
    }
}
