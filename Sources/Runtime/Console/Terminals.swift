import Linux

/// What the kernel calls the parts of pseudoterminals (pty(7), Documentation/admin-guide/devices.txt).
enum Terminals {
    /// ptmx: whoever opens it gets the master of a new terminal.
    static let multiplexer = DeviceNumber(major: 5, minor: 2)
    /// The other ends: number N is the minor number.
    static let peerMajor: UInt32 = 136
    /// DEVPTS_SUPER_MAGIC of statfs(2).
    static let filesystem: UInt64 = 0x1CD1
}
