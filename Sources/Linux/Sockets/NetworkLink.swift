import Base
import CShim

/// A network device, as rtnetlink(7) lists it.
public struct NetworkLink: Equatable, Sendable {
    /// Its number in its network namespace.
    public var index: Int32
    /// Its name there.
    public var name: String

    /// A device by number and name.
    public init(index: Int32, name: String) {
        self.index = index
        self.name = name
    }
}

/// An address of a network device, with all that is needed to give it to the device again.
public struct NetworkAddress: Equatable, Sendable {
    /// AF_INET or AF_INET6.
    var family: UInt8
    /// The length of its network's prefix, in bits.
    var prefix: UInt8
    /// Those IFA_F_* flags that a request may set.
    var flags: UInt32
    /// `IFA_ADDRESS`, `IFA_LOCAL`, `IFA_BROADCAST` and `IFA_RT_PRIORITY`, as received.
    var attributes: [Attribute]

    /// One attribute.
    struct Attribute: Equatable, Sendable {
        /// `IFA_*`.
        var kind: Int
        var value: [UInt8]
    }
}

extension RouteSocket {
    private static let linkHeader = 16, addressHeader = 8

    /// Lists all devices of the socket's network namespace.
    public mutating func links() throws(Failure) -> [NetworkLink] {
        let request = Self.link(RTM_GETLINK, NLM_F_DUMP, index: 0)
        let replies = try list(request, of: RTM_NEWLINK, "list the network devices")
        return replies.map { reply in
            let name = reply.attribute(IFLA_IFNAME, after: Self.linkHeader) ?? []
            return NetworkLink(
                index: reply.body.number(at: 4, as: Int32.self),
                name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
        }
    }

    /// Lists those permanent addresses of device `index` (IFA_F_PERMANENT) that are valid everywhere
    /// (RT_SCOPE_UNIVERSE).
    public mutating func permanentAddresses(of index: Int32) throws(Failure) -> [NetworkAddress] {
        var request = RouteRequest(RTM_GETADDR, flags: NLM_F_DUMP)
        request.append(UInt64(0))
        let replies = try list(request, of: RTM_NEWADDR, "list the addresses of network devices")
        // The flags that a request may set; the kernel sets the others itself.
        let requestable = UInt32(
            IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN)
        return replies.compactMap { reply in
            let flags =
                reply.attribute(IFA_FLAGS, after: Self.addressHeader)?.number(at: 0, as: UInt32.self)
                ?? UInt32(reply.body.number(at: 2, as: UInt8.self))
            guard reply.body.number(at: 4, as: Int32.self) == index, flags & UInt32(IFA_F_PERMANENT) != 0,
                reply.body.number(at: 3, as: UInt8.self) == UInt8(RT_SCOPE_UNIVERSE.rawValue)
            else { return nil }
            let attributes: [NetworkAddress.Attribute] = [IFA_ADDRESS, IFA_LOCAL, IFA_BROADCAST, IFA_RT_PRIORITY]
                .compactMap { kind in
                    reply.attribute(kind, after: Self.addressHeader).map { .init(kind: kind, value: Array($0)) }
                }
            return NetworkAddress(
                family: reply.body.number(at: 0, as: UInt8.self), prefix: reply.body.number(at: 1, as: UInt8.self),
                flags: flags & requestable, attributes: attributes)
        }
    }

    /// Gives `address` to device `index` (RTM_NEWADDR).
    public mutating func add(_ address: NetworkAddress, to index: Int32) throws(Failure) {
        var request = RouteRequest(RTM_NEWADDR, flags: NLM_F_ACK | NLM_F_CREATE)
        request.append(address.family)
        request.append(address.prefix)
        request.append(UInt16(0))
        request.append(index)
        for attribute in address.attributes { request.attribute(attribute.kind, attribute.value) }
        if address.flags != 0 { request.attribute(IFA_FLAGS, number: address.flags) }
        try change(request, "give the network device its addresses")
    }

    /// Brings device `index` up or down (IFF_UP).
    public mutating func set(_ index: Int32, isUp: Bool) throws(Failure) {
        let up = UInt32(IFF_UP)
        let request = Self.link(RTM_NEWLINK, NLM_F_ACK, index: index, flags: isUp ? up : 0, changed: up)
        try change(request, "set the network device \(isUp ? "up" : "down")")
    }

    /// Moves device `index` to another network namespace and renames it, in one request, so that nobody there sees it
    /// under its old name (RTM_NEWLINK with IFLA_NET_NS_FD and IFLA_IFNAME).
    ///
    /// - Parameters:
    ///   - name: Its name there; the kernel replaces a `%d` in it with the first free number.
    ///   - newIndex: Its number there (IFLA_NEW_IFINDEX, Linux 5.13), which must be free.
    /// - Throws: ``Failure`` of `rtnetlink`: EEXIST for a name or number that is taken, EINVAL for a device that
    ///   cannot leave its namespace, such as `lo`.
    public mutating func move(
        _ index: Int32, to namespace: borrowing Descriptor, as name: String, newIndex: Int32
    ) throws(Failure) {
        var request = Self.link(RTM_NEWLINK, NLM_F_ACK, index: index)
        request.attribute(IFLA_NET_NS_FD, number: namespace.number)
        request.attribute(IFLA_IFNAME, Array(name.utf8) + [0])
        request.attribute(IFLA_NEW_IFINDEX, number: newIndex)
        try change(request, "move the network device")
    }

    /// Makes a request with an `ifinfomsg`.
    private static func link(
        _ kind: Int, _ requestFlags: CInt, index: Int32, flags: UInt32 = 0, changed: UInt32 = 0
    ) -> RouteRequest {
        var request = RouteRequest(kind, flags: requestFlags)
        request.append(UInt32(0))
        request.append(index)
        request.append(flags)
        request.append(changed)
        return request
    }
}

/// Brings a network device of our network namespace up, as `ip link set NAME up` does (netdevice(7), SIOCSIFFLAGS).
///
/// - Throws: ``Failure`` of `ioctl`: ENODEV if there is no such device.
public func setDeviceUp(_ name: String) throws(Failure) {
    let action = "set the network device \(name) up"
    let socket: Descriptor
    do throws(Failure) { socket = try .socket(AF_INET, SOCK_DGRAM, action) } catch {
        // A filter may refuse AF_INET. Any socket of the network namespace accepts these calls.
        socket = try .socket(AF_UNIX, SOCK_DGRAM, action)
    }
    var request = ifreq()
    withUnsafeMutableBytes(of: &request.ifr_ifrn.ifrn_name) { room in
        room.copyBytes(from: name.utf8.prefix(room.count - 1))
    }
    try check(shim_ioctl(socket.number, UInt(SIOCGIFFLAGS), &request), "ioctl", action)
    request.ifr_ifru.ifru_flags |= CShort(IFF_UP | IFF_RUNNING)
    try check(shim_ioctl(socket.number, UInt(SIOCSIFFLAGS), &request), "ioctl", action)
}
