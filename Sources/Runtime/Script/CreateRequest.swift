import Base
import OCI

/// One container to make: everything that a script depends on, except the host.
struct CreateRequest {
    let id: ContainerID
    /// The bundle's absolute path.
    let bundlePath: String
    /// config.json, parsed, and its bytes as they were.
    let config: Config
    let configBytes: [UInt8]
    /// The rootfs, absolute.
    let rootfs: String
    /// `--pid-file`, absolute.
    var pidFile: String?
    /// `--no-new-keyring`
    var noNewKeyring = false
    /// `--no-pivot`
    var noPivot = false
    /// Who receives the terminal that config.json may ask for.
    var terminal = TerminalReceiver.runtime
    /// What the caller opened for the container's program.
    var kept = KeptDescriptors.none
    /// `--pidfd-socket`
    var pidfdSocket: PidfdSocket?
    /// When the program starts.
    var start = Start.atGate
    /// Whether a service manager waits to hear that the container's program is ready.
    var notifies = false
    /// `--root`
    let root: String
    /// Where systemd may be reached, which is to make the cgroup (`--systemd-cgroup`); nil if we make it.
    let buses: BusEnvironment?
    /// `--cgroup-manager disabled`
    let makesNoCgroup: Bool
    /// `--rootless`; nil for `auto`.
    let rootless: Bool?

    /// When the program of a new container starts.
    enum Start {
        /// When `start` opens the gate.
        case atGate
        /// As soon as the container is recorded, and the runtime exits.
        case atOnce
        /// The same, and the runtime stays in the foreground.
        case inForeground
    }

    init(
        id: ContainerID, bundle: Bundle, pidFile: String? = nil, noNewKeyring: Bool = false, runtime: RuntimeOptions,
        refuse: Refuse = throwing
    ) throws(Failure) {
        self.id = id
        bundlePath = bundle.path
        config = bundle.config
        configBytes = bundle.bytes
        do throws(Failure) { rootfs = try bundle.rootfs() } catch {
            try refuse(error)
            rootfs = bundle.path
        }
        self.pidFile = pidFile
        self.noNewKeyring = noNewKeyring
        root = runtime.root
        buses = runtime.systemdCgroup ? runtime.buses : nil
        makesNoCgroup = runtime.makesNoCgroup
        rootless = runtime.rootless
    }

    /// The record of the container before the container exists.
    func record(in place: CgroupPlace, isRootless: Bool) -> StateFile {
        var record = StateFile(
            id: id.text, created: "", ociVersion: config.ociVersion, bundle: bundlePath, rootfs: rootfs,
            annotations: config.annotations, cgroup: makesNoCgroup ? nil : place.path.text,
            namespaces: config.linux?.namespaces ?? [],
            noNewKeyring: noNewKeyring)
        record.isRootless = isRootless
        if case .systemd(let unit, let facts, _, _) = place.manager {
            record.unit = StateFile.Unit(name: unit.name, isUser: facts.isUser)
        }
        return record
    }
}
