import Base
import Linux
import OCI

/// Which device nodes a container gets (config-linux.md, "Devices" and "Default Devices").
enum DevicePlanning {
    /// The nodes to make, each with its place in config.json. An entry of config.json takes the place of the default of the
    /// same path.
    ///
    /// - Parameters:
    ///   - isBound: Whether init is in a user namespace.
    ///   - canBeBound: Whether it has a mount namespace of its own.
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
    /// The same failure, with its pointer taken as one below `pointer`.
    func pointing(into pointer: String) -> Failure {
        var copy = self
        copy.pointer = pointer + (self.pointer ?? "")
        return copy
    }
}
