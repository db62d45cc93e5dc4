import Base
import Linux
import OCI

/// Names what one step opens for a later one. The descriptor itself is in a table of the side that walks.
enum Slot: Hashable {
    /// The tree of the rootfs. The host opens it for a container in a user namespace.
    case rootfs
    /// A namespace that config.json gives by path.
    case joined(Namespace.Kind)
    /// The host's own namespace, to which it returns after the clone.
    case own(Namespace.Kind)
    /// What the host opened for an entry of `mounts`: the source of a bind mount, or the context of a procfs.
    case mount(Int)
    /// The same, for the folder of the notify socket.
    case notifyFolder
    /// The tmpfs with the device nodes that the host made.
    case nodes
    /// A mount of one of those nodes.
    case node(Int)
}

/// What init owns between the clone and the container's program.
///
/// The clone copied the runtime's memory, so everything worked out before it is here. Init has its own copies of the
/// descriptors, all close-on-exec.
struct InsideSide: ~Copyable {
    let trace: Trace?
    let channel: Channel
    /// The connection to `start`, after `start` has opened the gate.
    var starter = Channel.none(.inside)
    /// The start gate.
    let gate: Descriptor
    /// What the host opened for init.
    var descriptors: DescriptorTable<Slot>
    let filter: SeccompFilter?
    /// The seccomp filter's listener, until the host has taken it.
    var listener = Descriptor.none
    /// The container's root mount. Every path of the container is resolved inside it.
    var root = Descriptor.none
    /// A procfs of our own, for sysctls and the labels of security modules.
    var proc = Proc.none
    /// The folder that the last device was made in.
    var deviceFolder = DeviceFolder.none
    /// The mount ids of filesystems that init made for this container and that are mounted nowhere else.
    var ownFilesystems: Set<UInt64> = []
    /// What covers the directories and files of `linux.maskedPaths`.
    var emptyDirectory = Cover.none
    var null = Cover.none
    /// The master of the container's terminal, until the host has it.
    var terminal = Descriptor.none
    /// The terminal's other end, until it is standard input, output and error.
    var terminalPeer = Descriptor.none
    /// The environment of the container's program. A step may add HOME.
    var environment: Environment
    /// What the hooks inside receive.
    let record: StateFile
    /// For `exec`: the container's init, until the process has joined its namespaces.
    var joined: PidDescriptor
    /// The program, after it is found.
    var launch = Launch.none

    /// Closes the host's files and the root. The gate and the channel stay open.
    mutating func closeFiles() {
        closeHostFiles()
        root = .none
    }

    /// Closes what belongs to the host or was needed only to make the root.
    mutating func closeHostFiles() {
        deviceFolder = .none
        emptyDirectory = .none
        null = .none
        proc = .none
        joined = .none
        descriptors.removeAll()
    }

    /// The numbers of the descriptors that are still needed.
    var numbers: [CInt] {
        let own = [channel.number, gate.number, root.number, terminal.number, terminalPeer.number]
        return own + (trace.map { [$0.file] } ?? [])
    }
}
