import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("Planning: what is planned, and what is not")
struct PlanningTests {
    @Test("an empty hostname or domainname is ignored: it would be set on the host")
    func emptyNames() throws {
        for properties in [#""hostname": "","#, #""domainname": "","#] {
            for linux in ["", #""namespaces": [{"type": "uts"}]"#] {
                let words = try Fixtures.insideSteps(properties, linux: linux).map(\.description.word)
                #expect(!words.contains("set-name"), "\(properties) \(linux)")
            }
        }
        let steps = try Fixtures.insideSteps(#""hostname": "a","#, linux: #""namespaces": [{"type": "uts"}]"#)
        #expect(steps.contains(.setName(.host("a"))))
    }

    @Test("a working directory is made before the root, or a mount in it, becomes read-only")
    func workingDirectory() throws {
        let mount = #""namespaces": [{"type": "mount"}]"#
        let readOnlyMount = #""mounts": [{"destination": "/x", "type": "tmpfs", "options": ["ro"]}],"#
        for (properties, last) in [
            (#""root": {"path": "r", "readonly": true},"#, "make-read-only"), (readOnlyMount, "make-read-only"),
        ] {
            let steps = try Fixtures.insideSteps(properties, linux: mount, cwd: "/a/b")
            let making = try #require(
                steps.firstIndex(of: .workingDirectory(WorkingDirectory(path: "/a/b", isForLater: true))))
            let sealing = try #require(steps.firstIndex { $0.description.word == last })
            let entering = try #require(steps.firstIndex(of: .workingDirectory(WorkingDirectory(path: "/a/b"))))
            #expect(making < sealing && sealing < entering)
            let words = try Fixtures.insideSteps(properties, linux: mount, cwd: "/./").map(\.description.word)
            #expect(words.filter { $0 == "working-directory" }.count == 1)
        }
        let words = try Fixtures.insideSteps(linux: mount, cwd: "/a/b").map(\.description.word)
        #expect(words.filter { $0 == "working-directory" }.count == 1)
    }

    @Test("a device is bound only in a mount namespace of the container's own", arguments: [true, false])
    func devices(hasMounts: Bool) throws {
        let steps = try Fixtures.insideSteps(linux: hasMounts ? #""namespaces": [{"type": "mount"}]"# : "")
        let nodes = steps.compactMap { if case .makeDevice(let node) = $0 { node } else { nil } }
        #expect(nodes.count == 6)
        #expect(nodes.allSatisfy { $0.canBeBound == hasMounts })
    }

    @Test("a program that starts at once waits at no gate; the runtime sees it start")
    func start() throws {
        let text =
            #"{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"user":{"uid":0,"gid":0},"args":["a"],"cwd":"/"}}"#
        let bundle = Bundle(path: "/b", bytes: [], config: try Bundle.parse(Array(text.utf8)))
        func words(_ start: CreateRequest.Start) throws -> [String] {
            var request = try CreateRequest(
                id: try ContainerID("one"), bundle: bundle, runtime: RuntimeOptions(root: "/run/apus"))
            request.start = start
            let script = try Script(request, on: .none)
            let steps = script.joint.compactMap { line -> String? in
                switch line {
                case .host(let placed): placed.step.description.word
                case .inside(let placed): placed.step.description.word
                default: nil
                }
            }
            return script.preparation.map(\.step.description.word).filter { $0 == "make-gate" }
                + steps.drop { $0 != "record-container" }
        }
        #expect(try words(.atGate) == ["make-gate", "record-container", "wait-for-start", "execute"])
        #expect(try words(.atOnce) == ["record-container", "leave-root", "execute", "await-program"])
        #expect(
            try words(.inForeground)
                == ["record-container", "enter-foreground", "leave-root", "execute", "await-program"])
    }

    @Test("the container gets its own session keyring, unless the caller's is to stay")
    func keyring() throws {
        func keyrings(_ keeps: Bool) throws -> [SessionKeyring] {
            let text =
                #"{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"user":{"uid":0,"gid":0},"args":["a"],"cwd":"/"}}"#
            let bundle = Bundle(path: "/b", bytes: [], config: try Bundle.parse(Array(text.utf8)))
            let options = RuntimeOptions(root: "/run/apus")
            let request = try CreateRequest(
                id: try ContainerID("one"), bundle: bundle, noNewKeyring: keeps, runtime: options)
            return try Script(request, on: .none).joint.compactMap { line in
                guard case .inside(let placed) = line, case .joinKeyring(let step) = placed.step else { return nil }
                return step
            }
        }
        #expect(try keyrings(false) == [SessionKeyring(try ContainerID("one"), isInUserNamespace: false)])
        #expect(try keyrings(false).first?.name == "_ses.one")
        #expect(try keyrings(true) == [])
    }

    /// The user who gets the cgroup.
    private func owner(uid: UInt32, options: String, namespaces: String, maps: String = "") throws -> UInt32? {
        let text = """
            {"ociVersion": "1.3.0", "root": {"path": "rootfs"},
             "process": {"user": {"uid": \(uid), "gid": 0}, "args": ["sh"], "cwd": "/"},
             "mounts": [{"destination": "/sys/fs/cgroup/", "type": "cgroup", "source": "cgroup", "options": [\(options)]}],
             "linux": {"namespaces": [{"type": "mount"}\(namespaces)]\(maps)}}
            """
        for placed in try Fixtures.script(Array(text.utf8)).preparation {
            if case .makeCgroup(let step) = placed.step { return step.owner }
        }
        return nil
    }

    @Test("the user owns the cgroup exactly if it is mounted writable in a cgroup namespace of its own")
    func cgroupOwner() throws {
        let cgroup = #", {"type": "cgroup"}"#
        let user = cgroup + #", {"type": "user"}"#
        let map = #"[{"containerID": 0, "hostID": 100000, "size": 10}, {"containerID": 10, "hostID": 7, "size": 1}]"#
        let maps = #", "uidMappings": \#(map), "gidMappings": \#(map)"#
        #expect(try owner(uid: 5, options: #""rw""#, namespaces: cgroup) == 5)
        #expect(try owner(uid: 0, options: #""rw""#, namespaces: cgroup) == nil)
        #expect(try owner(uid: 5, options: "", namespaces: cgroup) == 5)
        #expect(try owner(uid: 5, options: #""ro""#, namespaces: cgroup) == nil)
        #expect(try owner(uid: 5, options: #""rw""#, namespaces: "") == nil)
        #expect(try owner(uid: 0, options: #""rw""#, namespaces: user, maps: maps) == 100000)
        #expect(try owner(uid: 9, options: #""rw""#, namespaces: user, maps: maps) == 100009)
        #expect(try owner(uid: 10, options: #""rw""#, namespaces: user, maps: maps) == 7)
        #expect(try owner(uid: 11, options: #""rw""#, namespaces: user, maps: maps) == nil)
    }
}
