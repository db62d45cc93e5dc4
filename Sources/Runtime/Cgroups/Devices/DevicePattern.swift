/// Which devices a rule is about.
struct DevicePattern: Hashable, Sendable {
    /// The two kinds of device node; the numbers are the kernel's `BPF_DEVCG_DEV_*`.
    enum Kind: UInt32, Sendable {
        case block = 1
        case character = 2

        /// The letter of a device rule.
        var letter: String {
            switch self {
            case .block: "b"
            case .character: "c"
            }
        }
    }

    var kind: Kind
    /// nil for every major number.
    var major: UInt32?
    /// nil for every minor number.
    var minor: UInt32?

    /// Whether every device of `other` is one of this pattern too.
    func covers(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || major == other.major) && (minor == nil || minor == other.minor)
    }

    /// Whether some device is of both patterns.
    func meets(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || other.major == nil || major == other.major)
            && (minor == nil || other.minor == nil || minor == other.minor)
    }

    /// As in cgroup v1's devices.list: `c 1:3`, `b *:*`.
    var text: String {
        "\(kind.letter) \(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*")"
    }
}
