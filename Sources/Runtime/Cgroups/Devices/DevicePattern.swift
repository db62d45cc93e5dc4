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

/// What a process does with a device node: the letters of a device rule.
///
/// The bits are the kernel's `BPF_DEVCG_ACC_*` (include/uapi/linux/bpf.h).
struct DeviceAccess: OptionSet, Sendable {
    let rawValue: UInt32

    /// `m`: makes a node.
    static let mknod = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_MKNOD))
    /// `r`: opens it for reading.
    static let read = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_READ))
    /// `w`: opens it for writing.
    static let write = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_WRITE))
    /// `rwm`
    static let all: DeviceAccess = [.read, .write, .mknod]

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reads letters such as `rwm`; nil where there is none, or another one.
    init?(letters: String) {
        var access: DeviceAccess = []
        for letter in letters.utf8 {
            switch letter {
            case UInt8(ascii: "r"): access.insert(.read)
            case UInt8(ascii: "w"): access.insert(.write)
            case UInt8(ascii: "m"): access.insert(.mknod)
            default: return nil
            }
        }
        guard !access.isEmpty else { return nil }
        self = access
    }

    /// The letters, in the order callers write them.
    var letters: String {
        (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.mknod) ? "m" : "")
    }
}
