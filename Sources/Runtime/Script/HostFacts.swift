import Base
import CShim
import Linux
import OCI

/// What a script depends on besides config.json: a few facts about the host, read once, as a plain value.
///
/// `explain --host none` and the tests of fixtures use ``none``, so that the same config.json always gives the same script.
struct HostFacts: Equatable {
    /// The kernel's version.
    var kernel: KernelVersion
    /// The runtime's own cgroup, below the cgroup2 mount: containers without an absolute path go beside it.
    var ownCgroup: String
    /// What init can give to the container's program where it has no user namespace of its own.
    var capabilities: CapabilitySet
    /// The caller's file mode mask, which the program gets where config.json names none.
    var mask: UInt32
    /// Whether we are root of a user namespace that lets us do what a runtime does.
    var isPrivileged: Bool

    /// Whether we are in a user namespace other than the first, where the kernel gives less.
    var isInUserNamespace: Bool

    /// Whether we are root, if only of a user namespace.
    var isRoot = true

    /// The groups that our user namespace has, as its container sees them; nil for all, in the first one.
    var groups: [IDMapping]?

    /// What `--rootless auto` comes to: whether the kernel gives us less than to the host's root.
    var isRootless: Bool { !isRoot || isInUserNamespace }

    /// Whether the host may set the limits of a process that is another user by then, as CAP_SYS_RESOURCE lets it (prlimit(2)).
    /// Docker's containers and builds, with a runtime in them, are without.
    var setsLimits: Bool { capabilities.contains(Capability(number: 24)) }

    /// A host without properties of its own: every capability, the oldest kernel, the cgroup root.
    static let none = HostFacts(
        kernel: .oldest, ownCgroup: "/", capabilities: .upTo(Capability(number: UInt8(CAP_CHECKPOINT_RESTORE))),
        mask: 0o022, isPrivileged: true,
        isInUserNamespace: false)

    /// The host we are on.
    static func read() throws(Failure) -> HostFacts {
        let capabilities = try Capabilities.current()
        let proc = try Proc.host()
        let isInUserNamespace = try status("/proc/self/ns/user").inode != UInt64(PROC_USER_INIT_INO)
        return HostFacts(
            kernel: try KernelVersion.running(),
            ownCgroup: CgroupPath.own(in: try proc.read("self/cgroup")) ?? "/",
            capabilities: capabilities.permitted.intersection(capabilities.bounding),
            mask: ThisProcess.currentMask(), isPrivileged: capabilities.effective.contains(.administration),
            isInUserNamespace: isInUserNamespace, isRoot: Identity.effectiveUser == 0,
            groups: isInUserNamespace ? CheckIDMaps.ranges(try proc.read("self/gid_map")) : nil)
    }

    /// Refuses a host that cannot run containers, in one line.
    func check() throws(Failure) {
        guard kernel >= .oldest else {
            throw Failure("Linux \(KernelVersion.oldest.text) or newer is needed, this is \(kernel.text)")
        }
        guard isPrivileged else {
            throw Failure(
                "apus needs root (CAP_SYS_ADMIN) to make a container", cause: .init(call: "capget", errno: .EPERM),
                hint: "run it as root, or as root of a user namespace")
        }
    }
}
