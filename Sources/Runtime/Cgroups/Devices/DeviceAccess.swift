import CShim

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
