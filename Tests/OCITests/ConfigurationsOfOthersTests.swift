import Base
import Foundation
import Testing

@testable import OCI

/// Bundles as real callers write them, and the standard's own examples.
@Suite("Configurations of others")
struct ConfigurationsOfOthersTests {
    @Test(
        "bundles of runc and Docker are read, and written without loss",
        arguments: ["plain", "docker", "docker-limits", "docker-userns"])
    func bundles(name: String) throws {
        let bytes = try Folder.bytes(Folder.bundles.appending(path: name).appending(path: "config.json"))
        let config = try Config(json: bytes)
        #expect(config.process?.args == ["/bin/true"])
        #expect(config.mounts?.isEmpty == false)
        #expect(try Config(json: config.json(.tabs)) == config)
        let written = try #require(
            JSONSerialization.jsonObject(with: Data(config.json(.compact).utf8)) as? NSDictionary)
        let given = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
        #expect(written == given)
    }

    @Test("the standard's good examples are read")
    func goodExamples() throws {
        let files = Folder.contents(Folder.standard.appending(path: "schema/test/config/good"))
        #expect(files.count >= 9)
        for file in files {
            let config = try Config(json: Folder.bytes(file))
            #expect(try Config(json: config.json(.compact)) == config, "\(file.lastPathComponent)")
        }
    }

    @Test("the standard's bad examples are refused, as far as reading can see that they are bad")
    func badExamples() throws {
        let folder = Folder.standard.appending(path: "schema/test/config/bad")
        let expected = [
            "invalid-json.json": "invalid JSON at line 1, column 2: expected a key in double quotes, found ]",
            "linux-netdevice.json": "expected a string, found a number (config.json /linux/netDevices/eth0/name)",
            "linux-rdma.json":
                "expected an integer, found a string (config.json /linux/resources/rdma/mlx5_1/hcaHandles)",
        ]
        for (name, words) in expected {
            let bytes = try Folder.bytes(folder.appending(path: name))
            #expect(line { () throws(Failure) in _ = try Config(json: bytes) } == words)
        }
    }

    @Test("the words known here are those of the schema")
    func words() throws {
        let schema = Folder.standard.appending(path: "schema/defs-linux.json")
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: schema))
        let definitions = try #require((object as? NSDictionary)?["definitions"] as? NSDictionary)
        func expect<Word: SpecWord>(_: Word.Type, _ name: String) throws {
            let words = try #require((definitions[name] as? NSDictionary)?["enum"] as? [String])
            #expect(words.sorted() == Word.allCases.map(\.word).sorted(), "\(name)")
        }
        try expect(SeccompAction.self, "SeccompAction")
        try expect(SeccompOperator.self, "SeccompOperators")
        try expect(Namespace.Kind.self, "NamespaceType")
        try expect(Personality.Domain.self, "PersonalityDomain")
        try expect(MemoryPolicy.Mode.self, "MemoryPolicyMode")
        try expect(MemoryPolicy.Flag.self, "MemoryPolicyFlag")
        try expect(Scheduler.Policy.self, "SchedulerPolicy")
        try expect(Scheduler.Flag.self, "SchedulerFlag")
    }
}
