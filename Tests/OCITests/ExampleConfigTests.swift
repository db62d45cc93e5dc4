import Foundation
import Testing

@testable import OCI

@Suite("The default configuration")
struct DefaultConfigTests {
    /// What `runc spec` writes in its own folder.
    func specOfRunc(_ options: [String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "apus-spec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let runc = Foundation.Process()
        runc.executableURL = URL(filePath: Self.runc)
        runc.arguments = ["spec"] + options
        runc.currentDirectoryURL = folder
        try runc.run()
        runc.waitUntilExit()
        return try String(contentsOf: folder.appending(path: "config.json"), encoding: .utf8)
    }

    static let runc = "/usr/sbin/runc"
    static let hasRunc = FileManager.default.isExecutableFile(atPath: runc)

    /// The same text with the differences of Debian's older runc: its version and name, ambient capabilities (removed
    /// since: WhatCallersExpect, "Spec"), and no cgroup namespace if it was not started on cgroup v2.
    func asOldRunc(_ config: Config, like old: Config) -> String {
        var config = config
        config.ociVersion = old.ociVersion
        config.hostname = "runc"
        config.process?.capabilities?.ambient = old.process?.capabilities?.ambient
        if old.linux?.namespaces?.contains(Namespace(type: .cgroup)) == false {
            config.linux?.namespaces?.removeAll { $0.type == .cgroup }
        }
        return config.json(.tabs)
    }

    @Test(
        "it is exactly what runc writes, except for newer parts",
        .enabled(if: hasRunc, "needs Debian's runc"))
    func likeRunc() throws {
        let text = try specOfRunc([])
        #expect(try asOldRunc(.example(), like: Config(json: text)) == text)
    }

    @Test(
        "so is the one without privileges",
        .enabled(if: hasRunc, "needs Debian's runc"))
    func likeRuncRootless() throws {
        let text = try specOfRunc(["--rootless"])
        let config = Config.example().rootless(uid: geteuid(), gid: getegid())
        #expect(try asOldRunc(config, like: Config(json: text)) == text)
    }

    @Test("the newer parts")
    func newer() throws {
        let config = Config.example()
        #expect(config.ociVersion == "1.3.0")
        #expect(config.hostname == "apus")
        #expect(config.process?.capabilities?.ambient == nil)
        #expect(config.process?.capabilities?.inheritable == nil)
        #expect(config.linux?.namespaces?.last == Namespace(type: .cgroup))
        #expect(try Config(json: config.json(.tabs)) == config)
    }

    @Test("without privileges: the caller is root, no network, no limits, sysfs bound, no ids in mount options")
    func rootless() {
        let linux = Config.example().rootless(uid: 1000, gid: 100).linux
        #expect(linux?.uidMappings == [IDMapping(containerID: 0, hostID: 1000, size: 1)])
        #expect(linux?.gidMappings == [IDMapping(containerID: 0, hostID: 100, size: 1)])
        #expect(linux?.namespaces?.map(\.type) == [.pid, .ipc, .uts, .mount, .cgroup, .user])
        #expect(linux?.resources == nil)
        let mounts = Config.example().rootless(uid: 1000, gid: 100).mounts ?? []
        #expect(mounts.first { $0.destination == "/sys" }?.options?.first == "rbind")
        #expect(!mounts.contains { $0.options?.contains("gid=5") == true })
    }
}
