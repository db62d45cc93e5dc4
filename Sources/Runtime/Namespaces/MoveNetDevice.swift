import Base
import CShim
import Linux
import OCI

/// Moves one entry of `linux.netDevices` from the host's network namespace into the container's, with its
/// permanent addresses, and brings it up there (config-linux.md, "Network Devices").
///
/// This is one of the last steps before the hooks of the host, so a failure before it leaves the device alone. A
/// device that was moved disappears with the container's namespace; if it is hardware, the kernel gives it back to the
/// host (network_namespaces(7)). The runtime never moves it back.
struct MoveNetDevice: HostWork {
    static var word: StaticString { "move-net-device" }

    /// Its name on the host.
    var name: String
    /// Its name in the container. The kernel replaces `%d` with a number.
    var newName: String

    var pointer: String { Self.pointer(of: name) }

    private static func pointer(of name: String) -> String { "/linux/netDevices/\(JSONPointer.token(name))" }

    /// Returns all of `linux.netDevices` in their order.
    ///
    /// - Parameter hasNetwork: Whether the container has a network namespace of its own, new or joined.
    /// - Throws: What `refuse` throws: ``Failure`` without such a namespace, for a name that no device can have, and
    ///   for a name that two would have.
    static func list(
        _ devices: Entries<NetDevice>?, hasNetwork: Bool, _ refuse: Refuse = throwing
    ) throws(Failure) -> [MoveNetDevice] {
        guard let devices, !devices.isEmpty else { return [] }
        if !hasNetwork {
            try refuse(
                Failure(
                    "unable to move network devices without a network namespace of the container's own",
                    pointer: "/linux/netDevices", hint: "add {\"type\": \"network\"} to linux.namespaces",
                    code: .sharedNetwork))
        }
        var list: [MoveNetDevice] = []
        var taken: Set<[UInt8]> = []
        for entry in devices {
            let pointer = pointer(of: entry.key)
            try checkName(entry.key, pointer, refuse)
            let newName = entry.value.name.flatMap { $0.isEmpty ? nil : $0 } ?? entry.key
            if newName != entry.key { try checkName(newName, "\(pointer)/name", refuse) }
            if !newName.utf8.contains(UInt8(ascii: "%")), !taken.insert(Array(newName.utf8)).inserted {
                try refuse(
                    Failure(
                        "two network devices would be called \(newName)", pointer: "\(pointer)/name", code: .conflict))
            }
            list.append(MoveNetDevice(name: entry.key, newName: newName))
        }
        return list
    }

    /// Checks a name by the kernel's rule (`dev_valid_name`), but more strictly: control characters are refused, since
    /// lists of devices would print them.
    private static func checkName(_ name: String, _ pointer: String, _ refuse: Refuse) throws(Failure) {
        let isValid =
            !name.isEmpty && name.utf8.count < Int(IFNAMSIZ) && name != "." && name != ".."
            && name.utf8.allSatisfy { byte in
                byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: ":")
            }
        if !isValid {
            try refuse(
                Failure(
                    "\(quoted(name)) is not a network device's name", pointer: pointer,
                    hint: "at most 15 bytes, without spaces, / and :", code: .malformedValue))
        }
    }

    var summary: String {
        "move the network device \(name) into the container" + (newName == name ? "" : " as \(newName)")
    }

    /// - Throws: ``Failure`` of `rtnetlink`, or if the host has no such device, or the container already has one of
    ///   the new name.
    func perform(_ session: inout HostSide) throws(Failure) {
        let container = try session.proc.follow("\(session.pid)/ns/net", .readOnly)
        var here = try RouteSocket()
        var there = try Self.socket(in: container, session.proc)
        guard let device = try here.links().first(where: { $0.name == name }) else {
            throw Failure("there is no network device \(name) on the host")
        }
        let others = try there.links()
        guard !others.contains(where: { $0.name == newName }) else {
            throw Failure("the container's network namespace has a device \(newName) already").at("\(pointer)/name")
        }
        let isIndexFree = !others.contains { $0.index == device.index }
        let index = isIndexFree ? device.index : (others.map { $0.index }.max() ?? 0) + 1
        do throws(Failure) {
            // The kernel removes an IPv6 address when its device goes down.
            let addresses = try here.permanentAddresses(of: device.index)
            try here.set(device.index, isUp: false)
            try here.move(device.index, to: container, as: newName, newIndex: index)
            for address in addresses { try there.add(address, to: index) }
            try there.set(index, isUp: true)
        } catch {
            throw error.during(summary)
        }
    }

    /// Opens a socket that controls the container's devices. We enter its namespace to open it, and come back at once.
    private static func socket(
        in namespace: borrowing Descriptor, _ proc: borrowing Proc
    ) throws(Failure) -> RouteSocket {
        let own = try proc.follow("self/ns/net", .readOnly)
        try namespace.setns(.network, "the container's network namespace")
        var socket = RouteSocket.none
        var failure: Failure?
        // We must come back before we may throw: what follows a failure happens in the host's namespace.
        do throws(Failure) { socket = try RouteSocket() } catch { failure = error }
        try own.setns(.network, "the host's network namespace")
        if let failure { throw failure }
        return socket
    }
}
