import Base
import OCI

/// The device nodes and links of a container, decided from `linux.devices` (``DevicePlanning``).
struct DevicePlan {
    /// The nodes that the host makes: the devices of a user namespace, and what masks a file.
    let makeNodes: Placed<HostStep>?
    let takeNodes: Placed<InsideStep>?
    /// Devices and links; none if /dev is a bind of a directory that somebody else fills.
    let make: [Placed<InsideStep>]

    init(
        _ config: Config, _ linux: LinuxConfig, _ namespaces: NamespacePlan, _ refuse: Refuse
    ) throws(Failure) {
        let mounts = config.mounts ?? []
        let isForeign = mounts.contains {
            Path.cleaned($0.destination) == "/dev" && MountOptions($0.options ?? []).set.contains(.bind)
        }
        var devices =
            isForeign
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
            makeNodes = host(
                .makeNodes(MakeNodes(nodes: nodes, uids: linux.uidMappings, label: linux.filesLabel)))
            takeNodes = inside(.takeNodes(TakeNodes(count: nodes.count)))
            for (number, index) in bound.enumerated() { devices[index].node.made = .node(number) }
        } else {
            (makeNodes, takeNodes) = (nil, nil)
        }
        let hasTerminals = mounts.contains { Path.cleaned($0.destination) == "/dev/pts" }
        let links = isForeign ? [] : [inside(.linkDevices(DeviceLinks(hasTerminals: hasTerminals)))]
        make = devices.map { inside(.makeDevice($0.node), $0.pointer) } + links
    }

    /// The host's id for one of the container's; root if the mappings do not say.
    private static func hostID(_ id: UInt32, _ map: [IDMapping]?) -> UInt32 {
        let range = (map ?? []).first { $0.containerID <= id && id - $0.containerID < $0.size }
        return range.map { $0.hostID &+ (id - $0.containerID) } ?? 0
    }
}
