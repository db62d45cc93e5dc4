import Base
import CShim

/// The device filter of a cgroup: a small program that the kernel runs at every open and mknod of a device node
/// (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE; Documentation/admin-guide/cgroup-v2.rst, "Device controller").
///
/// Every call passes a zeroed buffer as large as the kernel's union, since Linux 6.17 to 7.1 write past the fields
/// that a shorter caller knows (opencontainers/cgroups#69).
public struct DeviceFilter: ~Copyable {
    private let program: Descriptor

    private init(program: consuming Descriptor) { self.program = program }

    /// Loads the program (BPF_PROG_LOAD).
    ///
    /// - Parameter instructions: `struct bpf_insn`, one per number, in the machine's byte order.
    /// - Throws: ``Failure`` of `bpf`: EPERM without CAP_BPF and CAP_NET_ADMIN in the first user namespace, EINVAL if
    ///   the kernel has no CONFIG_CGROUP_BPF or its verifier refuses the program.
    public init(_ instructions: [UInt64]) throws(Failure) {
        // The program calls no helper that requires a GPL license.
        let license: StaticString = "Apache-2.0"
        let answer = instructions.withUnsafeBufferPointer { instructions in
            var attributes = BPFAttributes()
            attributes.set(BPF_PROG_TYPE_CGROUP_DEVICE.rawValue, at: 0)
            attributes.set(UInt32(instructions.count), at: 4)
            attributes.set(UInt64(UInt(bitPattern: instructions.baseAddress)), at: 8)
            attributes.set(UInt64(UInt(bitPattern: license.utf8Start)), at: 16)
            for (offset, byte) in "apus_devices".utf8.enumerated() { attributes.set(byte, at: 48 + offset) }
            attributes.set(BPF_CGROUP_DEVICE.rawValue, at: 68)
            return attributes.call(BPF_PROG_LOAD)
        }
        program = Descriptor(owning: try check(answer, "bpf", "load the device filter"))
    }

    /// Opens a program that is loaded already (BPF_PROG_GET_FD_BY_ID).
    private init(id: UInt32) throws(Failure) {
        var attributes = BPFAttributes()
        attributes.set(id, at: 0)
        program = Descriptor(
            owning: try check(attributes.call(BPF_PROG_GET_FD_BY_ID), "bpf", "open device filter \(id)"))
    }

    /// Opens a program that somebody pinned in a BPF filesystem (BPF_OBJ_GET).
    ///
    /// - Throws: ``Failure`` of `bpf`: ENOENT if there is none, EACCES without the right to read and write the entry.
    public init(pinnedAt path: String) throws(Failure) {
        let answer = path.withCString { path in
            var attributes = BPFAttributes()
            attributes.set(UInt64(UInt(bitPattern: path)), at: 0)
            return attributes.call(BPF_OBJ_GET)
        }
        program = Descriptor(owning: try check(answer, "bpf", "open the device filter \(path)"))
    }

    /// Pins the program in a BPF filesystem (BPF_OBJ_PIN): it then outlives its descriptors and cgroups.
    ///
    /// - Parameter path: A new entry. Its name has no dot.
    /// - Throws: ``Failure`` of `bpf`: EEXIST if there is such an entry.
    public borrowing func pin(at path: String) throws(Failure) {
        let number = UInt32(bitPattern: program.number)
        let answer = path.withCString { path in
            var attributes = BPFAttributes()
            attributes.set(UInt64(UInt(bitPattern: path)), at: 0)
            attributes.set(number, at: 8)
            return attributes.call(BPF_OBJ_PIN)
        }
        try check(answer, "bpf", "pin the device filter as \(path)")
    }

    /// Attaches the filter next to the existing ones (BPF_PROG_ATTACH with BPF_F_ALLOW_MULTI); all must agree.
    ///
    /// - Parameters:
    ///   - cgroup: The cgroup's directory; O_PATH is enough.
    ///   - old: A filter of the cgroup that this one replaces in the same call (BPF_F_REPLACE).
    /// - Throws: ``Failure`` of `bpf`: E2BIG if 64 programs are there already.
    private borrowing func attach(to cgroup: borrowing Descriptor, replacing old: CInt?) throws(Failure) {
        var attributes = BPFAttributes()
        attributes.set(UInt32(bitPattern: cgroup.number), at: 0)
        attributes.set(UInt32(bitPattern: program.number), at: 4)
        attributes.set(BPF_CGROUP_DEVICE.rawValue, at: 8)
        attributes.set(old == nil ? BPF_F_ALLOW_MULTI : BPF_F_ALLOW_MULTI | BPF_F_REPLACE, at: 12)
        if let old { attributes.set(UInt32(bitPattern: old), at: 16) }
        try check(attributes.call(BPF_PROG_ATTACH), "bpf", "attach the device filter")
    }

    /// Attaches the filter to a new cgroup, which has none yet.
    public borrowing func attach(toNew cgroup: borrowing Descriptor) throws(Failure) {
        try attach(to: cgroup, replacing: nil)
    }

    /// Makes this the only filter of the cgroup, so that filters never accumulate (64 is the kernel's limit).
    ///
    /// A single old filter is replaced in one call. If another program has left several, they are detached after ours
    /// is attached, so that there is no moment without a filter. A filter that we may not open (an LSM forbids it)
    /// stays: it can only restrict further.
    public borrowing func replaceAll(on cgroup: borrowing Descriptor) throws(Failure) {
        let old = try Self.attached(to: cgroup)
        if old.count == 1, let id = old.first, let filter = try Self.opened(id) {
            return try attach(to: cgroup, replacing: filter.program.number)
        }
        try attach(to: cgroup, replacing: nil)
        for id in old { try Self.opened(id)?.detach(from: cgroup) }
    }

    /// Detaches every filter of the cgroup that can be detached.
    public static func detachAll(from cgroup: borrowing Descriptor) throws(Failure) {
        for id in try attached(to: cgroup) { try opened(id)?.detach(from: cgroup) }
    }

    /// Returns the ids of the filters that are attached to the cgroup itself, in the order attached (BPF_PROG_QUERY).
    public static func attached(to cgroup: borrowing Descriptor) throws(Failure) -> [UInt32] {
        let room = 64
        var count = 0
        var answer: CInt = 0
        let ids = [UInt32](unsafeUninitializedCapacity: room) { ids, used in
            var attributes = BPFAttributes()
            attributes.set(UInt32(bitPattern: cgroup.number), at: 0)
            attributes.set(BPF_CGROUP_DEVICE.rawValue, at: 4)
            attributes.set(UInt64(UInt(bitPattern: ids.baseAddress)), at: 16)
            attributes.set(UInt32(room), at: 24)
            answer = attributes.call(BPF_PROG_QUERY)
            count = Int(attributes.number(at: 24))
            used = answer < 0 ? 0 : min(count, room)
        }
        try check(answer, "bpf", "look for device filters")
        return ids
    }

    /// Opens a filter; nil if we may not open it, or if it has gone meanwhile.
    private static func opened(_ id: UInt32) throws(Failure) -> DeviceFilter? {
        do throws(Failure) {
            return try DeviceFilter(id: id)
        } catch  where error.errno == .EPERM || error.errno == .EACCES || error.errno == .ENOENT {
            return nil
        }
    }

    /// Detaches the filter (BPF_PROG_DETACH). It is no failure if it has gone already.
    private borrowing func detach(from cgroup: borrowing Descriptor) throws(Failure) {
        var attributes = BPFAttributes()
        attributes.set(UInt32(bitPattern: cgroup.number), at: 0)
        attributes.set(UInt32(bitPattern: program.number), at: 4)
        attributes.set(BPF_CGROUP_DEVICE.rawValue, at: 8)
        let answer = attributes.call(BPF_PROG_DETACH)
        if answer == -Errno.ENOENT.rawValue { return }
        try check(answer, "bpf", "detach a device filter")
    }
}

/// `union bpf_attr`, zeroed: every command reads and writes the fields it knows at fixed offsets.
private struct BPFAttributes {
    /// The whole union of the newest kernel. An older kernel wants zeros in the part it does not know, and gets them.
    private static let size = 160
    private var words = [UInt64](repeating: 0, count: size / 8)

    mutating func set<Field: FixedWidthInteger>(_ value: Field, at offset: Int) {
        words.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Field.self) }
    }

    func number(at offset: Int) -> UInt32 {
        words.withUnsafeBytes { $0.load(fromByteOffset: offset, as: UInt32.self) }
    }

    mutating func call(_ command: bpf_cmd) -> CInt {
        words.withUnsafeMutableBytes { shim_bpf(CInt(command.rawValue), $0.baseAddress, UInt32(Self.size)) }
    }
}
