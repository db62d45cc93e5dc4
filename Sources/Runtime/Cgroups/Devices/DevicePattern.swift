import CShim

/// Which devices a rule is about.
struct DevicePattern: Hashable, Sendable {
    /// The two kinds of device node.
    enum Kind: Sendable {
        case block
        case character

        /// The number in a device program.
        var number: UInt32 {
            switch self {
            case .block: UInt32(BPF_DEVCG_DEV_BLOCK)
            case .character: UInt32(BPF_DEVCG_DEV_CHAR)
            }
        }

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
