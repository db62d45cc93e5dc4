import CShim

/// The devices that a rule applies to.
struct DevicePattern: Hashable, Sendable {
    /// The two kinds of device node.
    enum Kind: Sendable {
        case block
        case character

        /// The number of the kind in a device program (`BPF_DEVCG_DEV_*`).
        var number: UInt32 {
            switch self {
            case .block: UInt32(BPF_DEVCG_DEV_BLOCK)
            case .character: UInt32(BPF_DEVCG_DEV_CHAR)
            }
        }

        /// The letter of the kind in a device rule.
        var letter: String {
            switch self {
            case .block: "b"
            case .character: "c"
            }
        }
    }

    var kind: Kind
    /// The major number; nil means every one.
    var major: UInt32?
    /// The minor number; nil means every one.
    var minor: UInt32?

    /// Whether every device of `other` matches this pattern too.
    func covers(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || major == other.major) && (minor == nil || minor == other.minor)
    }

    /// Whether some device matches both patterns.
    func meets(_ other: DevicePattern) -> Bool {
        kind == other.kind && (major == nil || other.major == nil || major == other.major)
            && (minor == nil || other.minor == nil || minor == other.minor)
    }

    /// The pattern as in cgroup v1's devices.list: `c 1:3`, `b *:*`.
    var text: String { "\(kind.letter) \(numbers)" }

    /// The pattern without a space: `c1:3`, `b*:*`.
    var word: String { kind.letter + numbers }

    private var numbers: String { "\(major.map(String.init) ?? "*"):\(minor.map(String.init) ?? "*")" }
}

/// What a process may do with a device node: the letters of a device rule.
///
/// The bits are the kernel's `BPF_DEVCG_ACC_*` (include/uapi/linux/bpf.h).
struct DeviceAccess: OptionSet, Sendable {
    let rawValue: UInt32

    /// `m`: make a node (mknod(2)).
    static let mknod = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_MKNOD))
    /// `r`: open it for reading.
    static let read = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_READ))
    /// `w`: open it for writing.
    static let write = DeviceAccess(rawValue: UInt32(BPF_DEVCG_ACC_WRITE))
    /// `rwm`: all three.
    static let all: DeviceAccess = [.read, .write, .mknod]

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reads letters such as `rwm`; nil if there is no letter, or an unknown one.
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
