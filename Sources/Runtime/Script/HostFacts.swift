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
    /// Whether we have CAP_SYS_ADMIN, as root of the host or of a user namespace. Without it, only the root of the
    /// container's own user namespace has the rights that a container takes, so init does what the host would do.
    var isPrivileged: Bool

    /// Whether we may also mount in our own mount namespace. The root of a user namespace may not if that mount
    /// namespace belongs to another one (mount_namespaces(7)).
    var mayMount: Bool

    /// Whether we are in a user namespace other than the first one. The kernel allows less there.
    var isInUserNamespace: Bool

    /// Our effective user; 0 for root, if only in a user namespace.
    var user: UInt32 = 0

    /// Our own oom_score_adj (proc(5)); read only without CAP_SYS_ADMIN.
    var outOfMemoryScore = 0

    /// Our effective group.
    var group: UInt32 = 0

    /// The groups of our user namespace, with the numbers that our own containers see; nil for all groups, in the first
    /// namespace.
    var groups: [IDMapping]?

    /// The meaning of `--rootless auto`: whether the kernel allows us less than root of the host.
    var isRootless: Bool { user != 0 || isInUserNamespace }

    /// Whether the host may set the limits of a process that has already become another user. This needs
    /// CAP_SYS_RESOURCE (prlimit(2)), which a runtime inside a Docker container or a Docker build does not have.
    var setsLimits: Bool { has(CAP_SYS_RESOURCE) }

    /// Whether the kernel may forbid us to change our supplementary groups. Then they were not ours to drop.
    var mayLackGroups: Bool { isInUserNamespace || !isPrivileged }

    /// Whether we may make a network device work in a network namespace of our own user namespace.
    var managesNetworks: Bool { has(CAP_NET_ADMIN) }

    /// Whether we may map any user of our own user namespace in a new one.
    var mapsUsers: Bool { has(CAP_SETUID) }

    /// The same for groups.
    var mapsGroups: Bool { has(CAP_SETGID) }

    private func has(_ number: CInt) -> Bool { capabilities.contains(Capability(number: UInt8(number))) }

    /// A host without properties of its own: every capability, the oldest supported kernel, the root cgroup.
    static let none = HostFacts(
        kernel: .oldest, ownCgroup: "/", capabilities: .upTo(Capability(number: UInt8(CAP_CHECKPOINT_RESTORE))),
        kernelCapabilities: .upTo(Capability(number: UInt8(CAP_CHECKPOINT_RESTORE))),
        mask: 0o022, isPrivileged: true, mayMount: true,
        isInUserNamespace: false)

    /// Reads the facts about the host we run on.
    static func read() throws(Failure) -> HostFacts { try read(try Proc.host()) }

    /// Reads them from an open procfs.
    static func read(_ proc: borrowing Proc) throws(Failure) -> HostFacts {
        let own = try proc.status(of: "self")
        let capabilities = own.capabilities
        let userNamespace = try proc.userNamespace(of: "self")
        let isInUserNamespace = userNamespace != UInt64(PROC_USER_INIT_INO)
        let isPrivileged = capabilities.effective.contains(.administration)
        return HostFacts(
            kernel: try KernelVersion.running(),
            ownCgroup: CgroupPath.own(in: try proc.read("self/cgroup")) ?? "/",
            capabilities: capabilities.permitted.intersection(capabilities.bounding), kernelCapabilities: .kernel,
            mask: own.umask, ignoredSignals: own.ignoredSignals,
            isPrivileged: isPrivileged,
            mayMount: isPrivileged && (!isInUserNamespace || ownsMountNamespace(proc, userNamespace)),
            isInUserNamespace: isInUserNamespace, user: Identity.effectiveUser,
            outOfMemoryScore: isPrivileged ? 0 : Self.outOfMemoryScore(proc), group: Identity.effectiveGroup,
            groups: isInUserNamespace ? CheckIDMaps.ranges(try proc.read("self/gid_map")) : nil)
    }

    /// Asks systemd, if it is to make the cgroup.
    mutating func readSystemd(_ options: RuntimeOptions) throws(Failure) {
        guard options.systemdCgroup, !options.makesNoCgroup else { return }
        systemd = try SystemdFacts.read(options.buses, isUser: options.rootless ?? isRootless)
    }

    private static func outOfMemoryScore(_ proc: borrowing Proc) -> Int {
        let text = (try? proc.read("self/oom_score_adj")) ?? ""
        return Int(Substring(text.utf8.prefix { $0 != UInt8(ascii: "\n") })) ?? 0
    }

    /// Whether our mount namespace belongs to our user namespace, which has this inode number.
    private static func ownsMountNamespace(_ proc: borrowing Proc, _ userNamespace: UInt64) -> Bool {
        let owner = try? proc.follow("self/ns/mnt", .readOnly).owningUserNamespace().status().inode
        return owner == userNamespace
    }

    /// Refuses a host that cannot run containers, and a container that needs more rights than ours.
    ///
    /// - Parameter hasUserNamespace: Whether the container has a user namespace, in which its root has every right that
    ///   a container takes.
    func check(hasUserNamespace: Bool) throws(Failure) {
        guard kernel >= .oldest else {
            throw Failure(
                "Linux \(KernelVersion.oldest.text) or newer is needed, this is \(kernel.text)", code: .kernelTooOld)
        }
        guard isPrivileged || hasUserNamespace else {
            throw Failure(
                "rootless container requires user namespaces", cause: .init(call: "capget", errno: .EPERM),
                pointer: "/linux/namespaces",
                hint: "without root (CAP_SYS_ADMIN), add {\"type\": \"user\"} and mappings, "
                    + "as `apus spec --rootless` does",
                code: .missingNamespace)
        }
    }
}
