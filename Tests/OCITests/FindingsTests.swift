import Base
import Foundation
import Testing

@testable import OCI

@Suite("Reading that goes on after an error")
struct FindingsTests {
    private func find(_ text: String) -> (config: Config?, findings: JSONFindings) {
        var findings = JSONFindings()
        let config = Config.read(json: Array(text.utf8), &findings)
        return (config, findings)
    }

    @Test("the first error is the one at which reading would have stopped", arguments: BadFixtureTests.unreadable)
    func first(name: String) throws {
        let bytes = try Folder.bytes(BadFixtureTests.file(name, "config.json"))
        var findings = JSONFindings()
        _ = Config.read(json: bytes, &findings)
        #expect(findings.failures.first?.line == line { () throws(Failure) in _ = try Config(json: bytes) })
    }

    @Test(
        "good values are read as they are; only keys that the spec does not have, and numbers read as 0, are reported")
    func good() throws {
        for folder in Folder.contents(Folder.fixtures.appending(path: "good")) {
            let bytes = try Folder.bytes(folder.appending(path: "config.json"))
            var findings = JSONFindings()
            #expect(try Config.read(json: bytes, &findings) == Config(json: bytes), "\(folder.lastPathComponent)")
            #expect(findings.failures.isEmpty)
            #expect(findings.unread.isEmpty)
            #expect(findings.warnings.allSatisfy { $0.code == .unknownKey || $0.action.contains("taken for 0") })
        }
    }

    @Test("an unreadable value counts as absent, or gets a stand-in, and the items of a list keep their numbers")
    func standIns() throws {
        let (config, findings) = find(
            #"{"ociVersion": 1, "hostname": 2, "mounts": [{"destination": "/a"}, 5, {"type": "x"}, {"destination": "/d"}]}"#
        )
        #expect(config?.ociVersion == "")
        #expect(config?.hostname == nil)
        #expect(config?.mounts?.map(\.destination) == ["/a", "", "", "/d"])
        #expect(findings.failures.map(\.pointer) == ["/ociVersion", "/hostname", "/mounts/1", "/mounts/2"])
        #expect(findings.unread == ["/ociVersion", "/hostname", "/mounts/1", "/mounts/2/destination"])
    }

    @Test("a property that is present but unreadable is not reported as missing")
    func broken() {
        #expect(
            find(#"{"ociVersion": 1, "root": {"path": false}}"#).findings.failures.map(\.code) == [
                .wrongType, .wrongType,
            ])
        #expect(find(#"{"ociVersion": null}"#).findings.failures.map(\.code) == [.missingRequired])
    }

    @Test("unknown keys are reported with a suggestion; nothing below them is read")
    func unknown() {
        let (_, findings) = find(
            #"{"ociVersion": "1.0.0", "Root": {"pth": 1}, "root": {"path": "a", "pathh": 1}, "zzz": [], "vm": {"x": 1}}"#
        )
        #expect(findings.warnings.map(\.pointer) == ["/Root", "/root/pathh", "/zzz"])
        #expect(findings.warnings.map(\.hint) == ["did you mean \"root\"?", "did you mean \"path\"?", nil])
        #expect(findings.failures.isEmpty)
    }

    @Test("names are not keys")
    func names() {
        let (_, findings) = find(
            #"{"ociVersion": "1.0.0", "annotations": {"root": ""}, "linux": {"sysctl": {"a": "b"}, "timeOffsets": {"x": {}}}}"#
        )
        #expect(findings.warnings.isEmpty)
    }

    @Test("a broken text ends the reading, and what was found before it is kept")
    func text() {
        let (config, findings) = find(#"{"ociVersion": 1, "hostname": "a" "b"}"#)
        #expect(config == nil)
        #expect(findings.failures.map(\.code) == [.wrongType, .invalidJSON])
        #expect(find("").findings.failures.count == 1)
        #expect(find(#"{"ociVersion": "1.0.0"} x"#).findings.failures.map(\.code) == [.invalidJSON])
    }

    @Test("a repeated key does not end the reading")
    func duplicates() {
        let (config, findings) = find(#"{"ociVersion": "1.0.0", "hostname": "a", "hostname": "b", "root": 5}"#)
        #expect(config != nil)
        #expect(findings.failures.map(\.code) == [.wrongType, .duplicateKey])
    }

    @Test("it ends after more findings than anyone reads")
    func most() {
        let keys = (0..<1000).map { "\"x\($0)\": 1" }.joined(separator: ",")
        let (config, findings) = find("{\"ociVersion\": \"1.0.0\", \(keys)}")
        #expect(config == nil)
        #expect(findings.warnings.count == JSONFindings.most)
        #expect(findings.failures.count == 1)
        let numbers = (0..<1000).map { "\($0)" }.joined(separator: ",")
        #expect(find("{\"process\": {\"args\": [\(numbers)]}}").findings.failures.count == JSONFindings.most + 1)
    }
}
