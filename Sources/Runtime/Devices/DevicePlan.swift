import Base
import Linux
import OCI

/// The steps for the device nodes and links of a container, decided from `linux.devices` (``DevicePlanning``).
struct DevicePlan {
    /// Makes nodes in the host: the devices for a user namespace, and the null device that masks files.
    let makeNodes: Placed<HostStep>?
    let takeNodes: Placed<InsideStep>?
    /// Makes devices and links in init. It is empty if /dev is a bind: then the bound directory has its own.
    let make: [Placed<InsideStep>]

    /// - Parameter mayMount: Whether the host may make nodes for init. Otherwise init binds the host's.
    init(
        _ config: Config, _ linux: LinuxConfig, _ namespaces: NamespacePlan, mayMount: Bool = true, _ refuse: Refuse
    ) throws(Failure) {
        let mounts = config.mounts ?? []
        let devIsBind = mounts.contains {
            Path.cleaned($0.destination) == "/dev" && MountOptions($0.options ?? []).set.contains(.bind)
        }
        var devices =
            devIsBind
            ? []
            : try DevicePlanning.nodes(
                linux.devices ?? [], isBound: namespaces.hasUser, canBeBound: namespaces.has(.mount), refuse)
        let bound = devices.indices.filter { devices[$0].node.isBound && devices[$0].node.kind != .fifo }
        if namespaces.has(.mount), !bound.isEmpty || linux.maskedPaths?.isEmpty == false {
            let nodes = bound.map { index in
                MakeNodes.Node(
                    device: devices[index].node, uid: Self.hostID(devices[index].node.uid, linux.uidMappings),
                    gid: Self.hostID(devices[index].node.gid, linux.gidMappings))
            }
            let making = MakeNodes(nodes: nodes, uids: linux.uidMappings, label: linux.filesLabel)
            makeNodes = mayMount ? host(.makeNodes(making)) : nil
            takeNodes = inside(.takeNodes(TakeNodes(count: nodes.count)))
            for (number, index) in bound.enumerated() { devices[index].node.slot = .node(number) }
        } else {
            (makeNodes, takeNodes) = (nil, nil)
        }
        let hasTerminals = mounts.contains { Path.cleaned($0.destination) == "/dev/pts" }
        let links = devIsBind ? [] : [inside(.linkDevices(DeviceLinks(hasTerminals: hasTerminals)))]
        make = devices.map { inside(.makeDevice($0.node), $0.pointer) } + links
    }

    /// Translates an id of the container to the host's; returns root's if the mappings do not contain it.
    private static func hostID(_ id: UInt32, _ map: [IDMapping]?) -> UInt32 {
        let range = (map ?? []).first { $0.containerID <= id && id - $0.containerID < $0.size }
        return range.map { $0.hostID &+ (id - $0.containerID) } ?? 0
    }
}

/// Decides which device nodes a container gets (config-linux.md, "Devices" and "Default Devices").
enum DevicePlanning {
    /// Returns the nodes to make, each with its place in config.json. An entry of config.json replaces the default of
    /// the same path.
    ///
    /// - Parameters:
    ///   - isBound: Whether init is in a user namespace.
    ///   - canBeBound: Whether init has a mount namespace of its own.
    static func nodes(
        _ devices: [Device], isBound: Bool, canBeBound: Bool = true, _ refuse: Refuse = throwing
    ) throws(Failure) -> [(node: DeviceNode, pointer: String)] {
        var asked: [(node: DeviceNode, pointer: String)] = []
        for (index, device) in devices.enumerated() {
            let pointer = "/linux/devices/\(index)"
            do throws(Failure) { asked.append((try node(device, isBound: isBound), pointer)) } catch {
                try refuse(error.pointing(into: pointer))
            }
        }
        let standard = defaults(isBound: isBound).filter { node in !asked.contains { $0.node.path == node.path } }
        return (standard.map { ($0, "") } + asked).map { node, pointer in
            var node = node
            node.canBeBound = canBeBound
            return (node, pointer)
        }
    }

    private static func defaults(isBound: Bool) -> [DeviceNode] {
        func node(_ name: String, _ major: UInt32, _ minor: UInt32) -> DeviceNode {
            DeviceNode(
                path: "/dev/\(name)", kind: .character, device: DeviceNumber(major: major, minor: minor), mode: 0o666,
                uid: 0, gid: 0, isBound: isBound)
        }
        return [
            node("null", 1, 3), node("zero", 1, 5), node("full", 1, 7), node("random", 1, 8), node("urandom", 1, 9),
            node("tty", 5, 0),
        ]
    }

    private static func node(_ device: Device, isBound: Bool) throws(Failure) -> DeviceNode {
        let kind: DeviceNode.Kind
        switch device.type {
        case "c", "u": kind = .character
        case "b": kind = .block
        case "p": kind = .fifo
        default:
            throw Failure(
                "unknown device type \"\(device.type)\"", pointer: "/type", hint: "one of c, b, u, p",
                code: .unknownValue)
        }
        guard device.path.utf8.first == UInt8(ascii: "/"), !device.path.utf8.contains(0) else {
            throw Failure("a device's path must be absolute", pointer: "/path", code: .relativePath)
        }
        let path = Path.cleaned(device.path)
        guard path != "/" else { throw Failure("a device cannot be the root", pointer: "/path", code: .forbidden) }
        return DeviceNode(
            path: path, kind: kind,
            device: DeviceNumber(
                major: try number(device.major, "major", needed: kind != .fifo),
                minor: try number(device.minor, "minor", needed: kind != .fifo)),
            mode: (device.fileMode ?? 0o666) & 0o7777, uid: device.uid ?? 0, gid: device.gid ?? 0, isBound: isBound)
    }

    private static func number(_ value: Int64?, _ name: String, needed: Bool) throws(Failure) -> UInt32 {
        guard needed else { return 0 }
        guard let value else { throw Failure("a device needs its \(name) number", code: .missingRequired) }
        guard let number = UInt32(exactly: value) else {
            throw Failure(
                "the \(name) number \(value) of a device is out of range", pointer: "/\(name)", code: .outOfRange)
        }
        return number
    }
}

extension Failure {
    /// Returns the same failure, with `pointer` in front of its own pointer.
    func pointing(into pointer: String) -> Failure {
        var copy = self
        copy.pointer = pointer + (self.pointer ?? "")
        return copy
    }
}
