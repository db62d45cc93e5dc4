import Base
import CShim

/// Sets a network device of our network namespace up, as `ip link set NAME up` does (netdevice(7), SIOCSIFFLAGS).
///
/// - Throws: ``Failure`` of `ioctl`: ENODEV if there is no such device.
public func setDeviceUp(_ name: String) throws(Failure) {
    let action = "set the network device \(name) up"
    let socket: Descriptor
    do throws(Failure) { socket = try .socket(AF_INET, SOCK_DGRAM, action) } catch {
        // If a filter refuses AF_INET, any socket of the network namespace takes these calls.
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
