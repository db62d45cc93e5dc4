import Base
@testable import OCI
import Testing

@testable import Runtime

/// The text of the record, and what is read from it.
@Suite("The record of a container")
struct StateFileTests {
    /// A record in which every property has a value of its own.
    static let whole: StateFile = {
        var file = StateFile(
            id: "one", pid: 4422, start: 987_654_321_012, created: "2026-11-22T01:23:54.123456789Z",
            ociVersion: "1.3.0",
            bundle: "/bundles/one", rootfs: "/bundles/one/rootfs", annotations: ["key": "value"], cgroup: "/apus/one")
        file.namespaces = [Namespace(type: .pid), Namespace(type: .network, path: "/run/netns/blue")]
        file.userNamespace = 4_026_531_837
        file.isRootless = true
        file.noNewKeyring = true
        return file
    }()

    /// The record of a container whose init does not exist yet.
    static let making = StateFile(
        id: "one", created: "2026-11-22T01:23:54Z", ociVersion: "1.3.0", bundle: "/b", rootfs: "/b/rootfs")

    func read(_ text: String) throws(Failure) -> StateFile { try StateFile(json: Array(text.utf8)) }

    @Test("the record has runc's keys, and those of apus after them")
    func keys() {
        #expect(
            Self.whole.json(.compact)
                == #"{"id":"one","init_process_pid":4422,"init_process_start":987654321012,"#
                + #""created":"2026-11-22T01:23:54.123456789Z","config":{"rootfs":"/bundles/one/rootfs","#
                + #""namespaces":[{"type":"NEWPID","path":""},{"type":"NEWNET","path":"/run/netns/blue"}],"#
                + #""no_new_keyring":true,"labels":["bundle=/bundles/one"]},"rootless":true,"#
                + #""user_namespace":4026531837,"cgroup_paths":{"":"\#(CgroupPath.mountPoint)/apus/one"},"#
                + #""namespace_paths":{"NEWPID":"/proc/4422/ns/pid","NEWNET":"/proc/4422/ns/net","#
                + #""NEWNS":"/proc/4422/ns/mnt","NEWIPC":"/proc/4422/ns/ipc","NEWUTS":"/proc/4422/ns/uts","#
                + #""NEWUSER":"/proc/4422/ns/user","NEWCGROUP":"/proc/4422/ns/cgroup","NEWTIME":"/proc/4422/ns/time"},"#
                + #""ociVersion":"1.3.0","bundle":"/bundles/one","rootfs":"/bundles/one/rootfs","#
                + #""annotations":{"key":"value"}}"#)
    }

    @Test("a record that was written is read back unchanged")
    func roundTrip() throws {
        #expect(try read(Self.whole.json(.compact)) == Self.whole)
        #expect(try read(Self.making.json(.compact)) == Self.making.with { $0.start = 0 })
        for kind in Namespace.Kind.allCases {
            let file = Self.whole.with { $0.namespaces = [Namespace(type: kind)] }
            #expect(try read(file.json(.compact)) == file, "\(kind)")
        }
    }

    @Test("while the container is being made, the pid is 0 in the text and absent in the record")
    func beingMade() throws {
        let text = Self.making.json(.compact)
        #expect(text.contains(#""init_process_pid":0,"#))
        #expect(!text.contains("namespace_paths") && !text.contains("cgroup_paths"))
        #expect(try read(text).pid == nil)
    }

    @Test("members that apus does not know are skipped, whatever their values")
    func unknown() throws {
        let own = Self.whole.json(.compact)
        let others = #"{"intel_rdt_path":"","deep":{"id":"two","config":[{"id":"three"}]},"#
        #expect(try read(others + own.dropFirst()) == Self.whole)
        let inside = own.replacing(#""config":{"#, with: #""config":{"no_pivot_root":true,"mounts":[{"type":1}],"#)
        #expect(try read(inside) == Self.whole)
    }

    @Test("a record that was cut short at any byte is refused")
    func cutShort() {
        let bytes = Array(Self.whole.json(.compact).utf8)
        for count in bytes.indices {
            #expect(throws: Failure.self, "\(count) bytes") { try StateFile(json: Array(bytes[..<count])) }
        }
    }

    @Test(
        "a record with a value of the wrong kind is refused",
        arguments: [
            (#""init_process_pid":4422"#, #""init_process_pid":"4422""#),
            (#""init_process_pid":4422"#, #""init_process_pid":4294967296"#),
            (#""init_process_start":987654321012"#, #""init_process_start":-1"#),
            (#""id":"one""#, #""id":1"#), (#""NEWPID","path""#, #""NEWPIDS","path""#),
            (#""rootless":true"#, #""rootless":"true""#), (#""user_namespace":4026531837"#, #""user_namespace":1.5"#),
            (#""":"\#(CgroupPath.mountPoint)/apus/one""#, #""":7"#),
            (#""no_new_keyring":true"#, #""no_new_keyring":1"#),
        ])
    func wrongKind(good: String, bad: String) {
        let text = Self.whole.json(.compact)
        let damaged = text.replacing(good, with: bad)
        #expect(damaged != text)
        #expect(throws: Failure.self) { try read(damaged) }
    }

    /// What runc 1.1.5 writes, without the parts of its configuration that say nothing here.
    private static let ofRunc = #"""
        {"id":"old","init_process_pid":77,"init_process_start":123,"created":"2026-11-22T01:23:54.1Z",
         "config":{"no_pivot_root":false,"rootfs":"/b/rootfs","namespaces":[{"type":"NEWPID","path":""}],
         "labels":["colour=red=dark","bundle=/b"],"no_new_keyring":true,"version":"1.0.2-dev","Hooks":{"poststop":[]}},
         "rootless":false,"cgroup_paths":{"":"\#(CgroupPath.mountPoint)/old"},"namespace_paths":{"NEWPID":"/proc/77/ns/pid"},
         "external_descriptors":["/dev/null"],"intel_rdt_path":""}
        """#

    @Test("a record of runc is read: what it keeps elsewhere is found there")
    func ofRunc() throws {
        let file = try read(Self.ofRunc)
        #expect(file.isOfRunc && file.bundle == "/b" && file.rootfs == "/b/rootfs" && file.ociVersion == "1.0.2-dev")
        #expect(file.pid == 77 && file.start == 123 && file.cgroup == "/old" && file.hasPrivatePIDs)
        #expect(file.annotations == ["colour": "red=dark"] && file.noNewKeyring)
        #expect(!(try read(Self.whole.json(.compact)).isOfRunc))
    }

    @Test("a record of runc in cgroup v1 names no cgroup, so that none is removed by halves")
    func ofRuncInV1() throws {
        let file = try read(
            Self.ofRunc.replacing(
                #""":"\#(CgroupPath.mountPoint)/old""#, with: #""cpu":"/sys/fs/cgroup/cpu/old","pids":"/x""#))
        let failure = #expect(throws: Failure.self) { try CgroupPath(recorded: file.cgroup ?? "") }
        #expect(failure?.line == #"no cgroup path: "of cgroup v1: /sys/fs/cgroup/cpu/old""#)
    }

    @Test(
        "a recorded cgroup outside the cgroup2 mount stays in the record and names no cgroup",
        arguments: ["/tmp/elsewhere", CgroupPath.mountPoint, CgroupPath.mountPoint + "s/one", ""])
    func cgroupElsewhere(path: String) throws {
        let file = try read(Self.whole.json(.compact).replacing("\(CgroupPath.mountPoint)/apus/one", with: path))
        let recorded = try #require(file.cgroup)
        #expect(recorded.hasSuffix(path))
        #expect(throws: Failure.self) { try CgroupPath(recorded: recorded) }
    }

    @Test("only a container that made its pid namespace has private pids")
    func privatePIDs() {
        func isPrivate(_ namespaces: [Namespace]) -> Bool {
            Self.making.with { $0.namespaces = namespaces }.hasPrivatePIDs
        }
        #expect(isPrivate([Namespace(type: .network), Namespace(type: .pid)]))
        #expect(isPrivate([Namespace(type: .pid, path: "")]))
        #expect(!isPrivate([Namespace(type: .pid, path: "/proc/1/ns/pid")]))
        #expect(!isPrivate([Namespace(type: .network)]))
    }

    @Test("the state has the pid that the caller gives, else the recorded one, and 0 after the end")
    func state() {
        let running = Self.whole.state(.running, owner: "root")
        #expect(running.pid == 4422 && running.status == .running && running.owner == "root")
        #expect(running.id == "one" && running.bundle == "/bundles/one" && running.rootfs == "/bundles/one/rootfs")
        #expect(running.annotations == ["key": "value"] && running.created == Self.whole.created)
        #expect(Self.whole.state(.creating, pid: 1).pid == 1)
        #expect(Self.making.state(.creating).pid == 0)
        #expect(Self.whole.state(.stopped, pid: 1).pid == 0)
    }
}

extension StateFile {
    /// The same record with a change.
    func with(_ change: (inout StateFile) -> Void) -> StateFile {
        var file = self
        change(&file)
        return file
    }
}
