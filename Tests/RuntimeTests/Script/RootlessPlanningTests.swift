import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("Planning for an ordinary user")
struct RootlessPlanningTests {
    /// User 1000, group 100, without any capability.
    private static let user: HostFacts = {
        var host = HostFacts.none
        (host.isPrivileged, host.mayMount, host.user, host.group) = (false, false, 1000, 100)
        host.capabilities = []
        return host
    }()

    private func script(_ config: Config, on host: HostFacts = user) throws -> Script {
        let bundle = Bundle(path: "/b", bytes: [], config: config)
        let request = try CreateRequest(
            id: try ContainerID("one"), bundle: bundle, runtime: RuntimeOptions(root: "/run/user/1000/apus"))
        return try Script(request, on: host)
    }

    private func words(_ script: Script) -> [String] {
        script.preparation.map(\.step.description.word)
            + script.joint.map { line in
                switch line {
                case .host(let placed): placed.step.description.word
                case .inside(let placed): placed.step.description.word
                case .sync(let message, _): message.word
                case .succession: "succession"
                }
            }
    }

    @Test("the host does nothing that needs rights; init does it in its own user namespace")
    func rootlessExample() throws {
        let words = words(try script(Config.example().rootless(uid: 1000, gid: 100)))
        let forbidden = ["open-tree", "make-nodes", "join-as-host", "new-time-namespace", "reopen-null"]
        #expect(words.filter { forbidden.contains($0) } == [])
        // It could not write the map of a process that forbids tracing; init does so when it has become root.
        #expect(!words.prefix { $0 != "mapped" }.contains("forbid-tracing"))
        #expect(words.contains("allow-owner"))
    }

    @Test("for root nothing of this changes")
    func root() throws {
        let words = words(try script(Config.example().rootless(uid: 1000, gid: 100), on: .none))
        #expect(words.contains("make-nodes") && words.contains("open-tree"))
        #expect(words.prefix { $0 != "mapped" }.contains("forbid-tracing"))
        #expect(!words.contains("allow-owner"))
    }

    @Test("a namespace by path is joined by init, after its user namespace; so is the pid namespace")
    func joined() throws {
        var config = Config.example().rootless(uid: 1000, gid: 100)
        config.linux?.namespaces =
            ["user", "pid", "network"].map { name in
                Namespace(type: Namespace.Kind(rawValue: name) ?? .user, path: "/proc/1/ns/\(name)")
            } + [Namespace(type: .mount)]
        config.linux?.uidMappings = nil
        config.linux?.gidMappings = nil
        config.mounts = []
        config.hostname = nil
        let summaries = try script(config).joint.compactMap { line -> String? in
            guard case .inside(let placed) = line, case .join = placed.step else { return nil }
            return placed.step.description.summary
        }
        #expect(
            summaries == [
                "join the user namespace", "join the pid namespace, for a child to be born in it",
                "join the network namespace",
            ])
    }

    @Test("one's own id is mapped directly, more by the helpers, and with CAP_SETUID everything directly")
    func maps() {
        func range(_ inside: UInt32, _ outside: UInt32, _ size: UInt32) -> IDMapping {
            IDMapping(containerID: inside, hostID: outside, size: size)
        }
        func ways(_ uids: [IDMapping], _ gids: [IDMapping], on host: HostFacts = Self.user) -> [IDMaps.Way] {
            let maps = IDMaps(LinuxConfig(uidMappings: uids, gidMappings: gids), on: host)
            return [maps.wayOfUIDs, maps.wayOfGIDs]
        }
        #expect(ways([range(0, 1000, 1)], [range(7, 100, 1)]) == [.own, .own])
        #expect(ways([range(0, 1000, 2)], [range(0, 1000, 1)]) == [.helper, .helper])
        #expect(ways([range(0, 1000, 1), range(1, 100_000, 9)], [range(0, 100, 1)]) == [.helper, .own])
        #expect(ways([range(0, 5, 1)], [range(0, 5, 1)], on: .none) == [.direct, .direct])
        var capable = Self.user
        capable.capabilities = HostFacts.none.capabilities
        #expect(ways([range(0, 5, 9)], [range(0, 5, 9)], on: capable) == [.direct, .direct])
    }

    @Test("an id-mapped mount is refused with a clear line")
    func idMapped() throws {
        var config = Config.example().rootless(uid: 1000, gid: 100)
        config.mounts?.append(Mount(destination: "/x", type: "bind", source: "/y", options: ["bind", "idmap"]))
        let failure = #expect(throws: Failure.self) { try script(config) }
        #expect(failure?.action == "an id-mapped mount needs root of the host")
        #expect(failure?.pointer == "/mounts/7/options")
    }

    @Test("a container without a user namespace is refused")
    func check() throws {
        #expect(throws: Failure.self) { try Self.user.check(hasUserNamespace: false) }
        try Self.user.check(hasUserNamespace: true)
        try HostFacts.none.check(hasUserNamespace: false)
    }

    @Test("a network device is left down, with a warning, if we have no CAP_NET_ADMIN and no user namespace")
    func loopback() throws {
        var host = HostFacts.none
        host.isInUserNamespace = true
        #expect(words(try script(Config.example(), on: host)).contains("raise-loopback"))
        host.capabilities = []
        let script = try script(Config.example(), on: host)
        #expect(!words(script).contains("raise-loopback"))
        #expect(script.warnings.contains { $0.action.contains("the network device lo stays down") })
    }
}
