import Base
import CShim
import Linux
import OCI

/// What a script depends on besides config.json: a few facts about the host. They are read once and kept as a plain
/// value.
///
/// `explain --host none` and the fixture tests use ``none``, so that the same config.json always gives the same script.
struct HostFacts: Equatable {
    /// The kernel's version.
    var kernel: KernelVersion
    /// The runtime's own cgroup, as a path below the cgroup2 mount. A container without an absolute cgroup path goes
    /// beside it.
    var ownCgroup: String
    /// The systemd that makes cgroups; nil if we make them.
    var systemd: SystemdFacts?
    /// The capabilities that init can give to the container's program if the container has no user namespace of its
    /// own.
    var capabilities: CapabilitySet
    /// The capabilities that the kernel knows. Init has them all in a new user namespace.
    var kernelCapabilities: CapabilitySet
    /// The caller's umask, for the createContainer hooks. The program gets 022 if config.json names no other.
    var mask: UInt32
    /// The signals that the runtime ignores, or its caller did: signal N is bit N-1.
    var ignoredSignals: UInt64 = 0
    /// Whether we have CAP_SYS_ADMIN, as root of the host or of a user namespace, which a runtime needs.
    var isPrivileged: Bool

    /// Whether we are in a user namespace other than the first one. The kernel allows less there.
    var isInUserNamespace: Bool

    /// Whether we are root, if only in a user namespace.
    var isRoot = true

    /// The groups of our user namespace, with the numbers that our own containers see; nil for all groups, in the first
    /// namespace.
    var groups: [IDMapping]?

    /// The meaning of `--rootless auto`: whether the kernel allows us less than root of the host.
    var isRootless: Bool { !isRoot || isInUserNamespace }

    /// Whether the host may set the limits of a process that has already become another user. This needs
    /// CAP_SYS_RESOURCE (prlimit(2)), which a runtime inside a Docker container or a Docker build does not have.
    var setsLimits: Bool { capabilities.contains(Capability(number: UInt8(CAP_SYS_RESOURCE))) }

    /// A host without properties of its own: every capability, the oldest supported kernel, the root cgroup.
    static let none = HostFacts(
        kernel: .oldest, ownCgroup: "/", capabilities: .upTo(Capability(number: UInt8(CAP_CHECKPOINT_RESTORE))),
        kernelCapabilities: .upTo(Capability(number: UInt8(CAP_CHECKPOINT_RESTORE))),
        mask: 0o022, isPrivileged: true,
        isInUserNamespace: false)

    /// Reads the facts about the host we run on.
    static func read() throws(Failure) -> HostFacts { try read(try Proc.host()) }

    /// Reads them from an open procfs.
    static func read(_ proc: borrowing Proc) throws(Failure) -> HostFacts {
        let own = try proc.status(of: "self")
        let capabilities = own.capabilities
        let isInUserNamespace = try status("/proc/self/ns/user").inode != UInt64(PROC_USER_INIT_INO)
        return HostFacts(
            kernel: try KernelVersion.running(),
            ownCgroup: CgroupPath.own(in: try proc.read("self/cgroup")) ?? "/",
            capabilities: capabilities.permitted.intersection(capabilities.bounding), kernelCapabilities: .kernel,
            mask: own.umask, ignoredSignals: own.ignoredSignals,
            isPrivileged: capabilities.effective.contains(.administration),
            isInUserNamespace: isInUserNamespace, isRoot: Identity.effectiveUser == 0,
            groups: isInUserNamespace ? CheckIDMaps.ranges(try proc.read("self/gid_map")) : nil)
    }

    /// Asks systemd, if it is to make the cgroup.
    mutating func readSystemd(_ options: RuntimeOptions) throws(Failure) {
        guard options.systemdCgroup, !options.makesNoCgroup else { return }
        systemd = try SystemdFacts.read(options.buses, isUser: options.rootless ?? isRootless)
    }

    /// Refuses a host that cannot run containers.
    func check() throws(Failure) {
        guard kernel >= .oldest else {
            throw Failure(
                "Linux \(KernelVersion.oldest.text) or newer is needed, this is \(kernel.text)", code: .kernelTooOld)
        }
        guard isPrivileged else {
            throw Failure(
                "apus needs root (CAP_SYS_ADMIN) to make a container", cause: .init(call: "capget", errno: .EPERM),
                hint: "run it as root, or as root of a user namespace")
        }
    }
}
