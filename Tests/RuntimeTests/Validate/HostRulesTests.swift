import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("validate: what a host lacks")
struct HostRulesTests {
    private static let host = HostInventory(
        kernel: .oldest, controllers: ["cpu", "memory"], filesystems: ["nodev", "proc", "tmpfs", "cgroup2", "fuse"],
        modules: ["capability", "apparmor"], pageSizes: [], missing: [])

    private func wishes(_ json: String) throws -> HostNeeds {
        let text = #"{"ociVersion":"1.3.0",\#(json)}"#
        return HostNeeds(try Config(json: text), bundle: "/bundle")
    }

    private func lines(_ json: String, _ host: HostInventory = HostRulesTests.host) throws -> [String] {
        HostRules.problems(try wishes(json), host).map { "\($0.level.word) \($0.code.rawValue) \($0.pointer)" }
    }

    @Test("an old kernel, or one without cgroup v2")
    func kernel() throws {
        var host = Self.host
        host.kernel = KernelVersion(major: 5, minor: 13)
        host.controllers = nil
        #expect(try lines(#""hostname":"""#, host) == ["error kernel-too-old ", "error missing-controller "])
        #expect(try lines(#""hostname":"""#) == [])
    }

    @Test("a missing controller is reported at the first limit that needs it")
    func controllers() throws {
        let json = #""linux":{"resources":{"memory":{"limit":5},"pids":{"limit":5},"unified":{"io.max":"x"}}}"#
        #expect(
            try lines(json) == [
                "error missing-controller /linux/resources/pids/limit",
                "error missing-controller /linux/resources/unified/io.max",
            ])
    }

    @Test("a filesystem that the kernel does not list is a warning; cgroup is cgroup2, and a kind of fuse is fuse")
    func filesystems() throws {
        let json =
            #""mounts":[{"destination":"/a","type":"nfs"},{"destination":"/b","type":"cgroup"},"#
            + #"{"destination":"/c","type":"fuse.x"},{"destination":"/d","type":"none","source":"s","options":["bind"]}]"#
        #expect(try lines(json) == ["warning missing-feature /mounts/0/type"])
    }

    @Test("a security module is reported as missing only if that can be known")
    func modules() throws {
        let json = #""process":{"cwd":"/","apparmorProfile":"a","selinuxLabel":"b"},"linux":{"mountLabel":"c"}"#
        #expect(
            try lines(json) == [
                "error missing-security-module /process/selinuxLabel",
                "error missing-security-module /linux/mountLabel",
            ])
        var host = Self.host
        host.modules = nil
        #expect(try lines(json, host) == [])
    }

    @Test("a size of huge pages")
    func pageSizes() throws {
        let json =
            #""linux":{"resources":{"hugepageLimits":[{"pageSize":"2MB","limit":0},{"pageSize":"1GB","limit":0}]}}"#
        var host = Self.host
        host.controllers?.append("hugetlb")
        host.pageSizes = ["hugepages-2048kB"]
        #expect(try lines(json, host) == ["error missing-feature /linux/resources/hugepageLimits/1/pageSize"])
        #expect(HostNeeds.kilobytes("1GB") == 1_048_576)
        #expect(HostNeeds.kilobytes("64KB") == 64)
        #expect(HostNeeds.kilobytes("99999999999999999999GB") == nil)
        #expect(HostNeeds.kilobytes("18446744073709551615MB") == nil)
    }

    @Test("missing files: the root and sources are an error, hooks of the host a warning")
    func files() throws {
        let json =
            #""root":{"path":"rootfs"},"mounts":[{"destination":"/a","source":"a","options":["bind"]}],"#
            + #""hooks":{"poststop":[{"path":"/x"}],"startContainer":[{"path":"/y"}]},"#
            + #""linux":{"namespaces":[{"type":"network","path":"/run/n"}]}"#
        var host = Self.host
        host.missing = ["/bundle/rootfs", "/bundle/a", "/x", "/y", "/run/n"]
        #expect(
            try lines(json, host) == [
                "error missing-file /root/path", "error missing-file /mounts/0/source",
                "error missing-file /linux/namespaces/0/path", "warning missing-file /hooks/poststop/0/path",
            ])
        #expect(try lines(json) == [])
    }

    @Test("the real host can be asked")
    func inventory() throws {
        let wishes = try wishes(
            #""root":{"path":"/"},"mounts":[{"destination":"/a","source":"/no/file","options":["bind"]}]"#)
        let host = try HostInventory.read(for: wishes)
        #expect(host.kernel >= .oldest)
        #expect(host.filesystems.contains("proc"))
        #expect(host.missing == ["/no/file"])
    }
}
