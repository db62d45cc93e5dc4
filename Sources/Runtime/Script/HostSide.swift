import Base
import CShim
import Linux
import OCI

/// What the runtime owns in the host while it makes a container or a process of `exec`.
struct HostSide: ~Copyable {
    let proc: Proc
    let trace: Trace?
    /// The caller's descriptors that paths on the command line lead through. Only the host uses them.
    var named = NamedDescriptors.none
    /// The container's folder and the lock on it, after the id is taken.
    var folder = ContainerFolder.none
    var lock = DirectoryLock.none
    /// The record so far.
    var record: StateFile
    /// Bind sources and namespaces for init, and the host's own namespaces, to which it returns.
    var descriptors = DescriptorTable<Slot>()
    /// Init's end of the start gate.
    var gate = Descriptor.none
    var cgroup: Cgroup?
    /// The process that holds the unit until init is in it.
    var unitHolder = PidDescriptor.none
    /// Where systemd may be reached, once it has started the unit.
    var buses: BusEnvironment?
    var filter: SeccompFilter?
    /// The connection to the seccomp agent, until the agent has the listener.
    var agent = StreamSocket.none
    /// Our own terminal, if it is to show the container's terminal in the foreground.
    var hostTerminal = HostTerminal.none
    /// The connection to the receiver of the container's terminal, until it has the terminal.
    var console = StreamSocket.none
    /// The connection to the receiver of init's pidfd, until it has the pidfd.
    var pidfdReceiver = StreamSocket.none
    /// The master of the container's terminal, once init has made it.
    var terminal = Descriptor.none
    var channel = Channel.none(.host)
    /// Warnings: what the kernel refused and the container does not need.
    var warnings: [Failure] = []
    /// The notes that `--debug` prints.
    var notes: [String] = []
    /// Init, after the clone. The pid is the one in the runtime's own pid namespace.
    var pid: Int32 = 0
    var pidfd = PidDescriptor.none
    /// Whether init may be paused in the meantime.
    var ignoresPause = true
    /// For `exec`: the container's init, whose namespaces the process joins.
    var joined = PidDescriptor.none
    /// For `exec`: the pid file that the host wrote.
    var pidFile: String?
    /// For `exec` in the foreground: set when the program is about to run.
    var foreground: Foreground?

    init(trace: Trace?) throws(Failure) {
        proc = try Proc.host()
        record = StateFile(id: "", created: "", ociVersion: "", bundle: "", rootfs: "")
        self.trace = trace
    }

    /// Waits until init has something to say; throws if another process has stopped it.
    borrowing func waitForWord() throws(Failure) {
        try channel.waitForWord(of: pid, proc, unlessPaused: ignoresPause ? nil : record.cgroup)
    }

    mutating func warn(_ warning: Failure?) {
        if let warning { warnings.append(warning) }
    }

    /// What init keeps after the clone. The child closes everything else.
    consuming func becomeInside(_ channel: consuming Channel, _ environment: Environment) -> InsideSide {
        named.close()
        return InsideSide(
            trace: trace, channel: channel, gate: gate, descriptors: descriptors, filter: filter,
            environment: environment, record: record, joined: joined)
    }

    /// Closes, in the host, what it opened for init alone.
    mutating func closeInitsDescriptors(keeping kept: [Slot]) {
        gate = .none
        descriptors.removeAll(except: kept)
    }
}

extension HostSide {
    /// The cgroup's directory for clone3(2); -1 without a cgroup.
    var cgroupDirectory: CInt {
        switch cgroup {
        case .some(let cgroup): cgroup.directory.number
        case .none: -1
        }
    }

    /// Whether the container has a cgroup of its own.
    var hasCgroup: Bool { cgroupDirectory >= 0 }

    /// Lends the cgroup to `body`.
    borrowing func withCgroup(_ body: (borrowing Cgroup) throws(Failure) -> Void) throws(Failure) {
        switch cgroup {
        case .some(let cgroup): try body(cgroup)
        case .none: throw Failure("there is no cgroup yet")
        }
    }

    /// Whether the kernel's OOM killer has killed a process of the container.
    var wasKilledForMemory: Bool {
        switch cgroup {
        case .some(let cgroup): cgroup.memoryKills() > 0
        case .none: false
        }
    }

    /// Kills the processes in the cgroup and removes what we made of it.
    mutating func removeCgroup() {
        releaseUnit()
        if let cgroup = cgroup.take() { cgroup.undo() }
        if let buses { try? record.stopUnit(buses) }
    }

    /// Ends the process that held the unit. init is in it now, or never will be.
    mutating func releaseUnit() {
        guard unitHolder.isOpen else { return }
        unitHolder.killChild()
        unitHolder = .none
    }
}
