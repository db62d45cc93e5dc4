import Base
import CShim

/// `struct ifreq` of netdevice(7), 40 bytes: the device's name in 16, then its flags.
///
/// - Throws: ``Failure`` of `ioctl`.
public func setDeviceUp(_ name: String) throws(Failure) {
    let internet: CInt = 2, datagram: CInt = 2, local: CInt = 1
    let getFlags: UInt = 0x8913, setFlags: UInt = 0x8914
    let up: UInt16 = 1, running: UInt16 = 0x40
    var number = shim_socket(internet, datagram, 0)
    // Where AF_INET is refused, any socket of the network namespace takes these calls.
    if number < 0 { number = shim_socket(local, datagram, 0) }
    let socket = Descriptor(owning: try check(number, "socket", "set the network device \(name) up"))
    var request = [UInt8](repeating: 0, count: 40)
    for (index, byte) in name.utf8.prefix(15).enumerated() { request[index] = byte }
    let answer = request.withUnsafeMutableBytes { bytes in
        let answer = shim_ioctl(socket.number, getFlags, bytes.baseAddress)
        guard answer >= 0 else { return answer }
        let flags = bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self)
        bytes.storeBytes(of: flags | up | running, toByteOffset: 16, as: UInt16.self)
        return shim_ioctl(socket.number, setFlags, bytes.baseAddress)
    }
    try check(answer, "ioctl", "set the network device \(name) up")
}
