import CShim
import Linux

/// What the kernel calls the parts of pseudoterminals (pty(7), Documentation/admin-guide/devices.txt).
enum Terminals {
    /// ptmx: whoever opens it gets the master of a new terminal.
    static let multiplexer = DeviceNumber(major: UInt32(TTYAUX_MAJOR), minor: 2)
    /// The other ends: number N is the minor number.
    static let peerMajor = UInt32(UNIX98_PTY_SLAVE_MAJOR)
    /// The type of devpts in statfs(2).
    static let filesystem = UInt64(DEVPTS_SUPER_MAGIC)
}
