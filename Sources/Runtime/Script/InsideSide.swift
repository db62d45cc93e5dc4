import Base
import Linux

/// What init owns between the clone and the container's program.
///
/// The clone copied the runtime's memory, so everything worked out before it is here. Init has its own copies of the
/// descriptors, all close-on-exec.
struct InsideSide: ~Copyable, Session, InsideVisitor {
    static var side: Side { .inside }

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

    static func own(_ line: Line) -> Placed<InsideStep>? {
        guard case .inside(let placed) = line else { return nil }
        return placed
    }

    mutating func perform(_ step: InsideStep) throws(Failure) { try step.accept(&self) }
    mutating func visit(_ work: some InsideWork) throws(Failure) { try work.perform(&self) }
    borrowing func expect(_ message: Message) throws(Failure) { try channel.expect(message) }

    mutating func succeed(_ succession: Succession) throws(Failure) {
        switch try clone(succession.namespaces, asSibling: true) {
        case .child: try channel.expect(.taken)
        case .parent(_, let pidfd):
            // Only this process can report the child: the container's processes may already be able to reach the child
            // itself.
            try? channel.send(.succeeded, passing: pidfd.number)
            ThisProcess.exit(0)
        }
    }

    mutating func send(_ message: Message) throws(Failure) {
        guard message == .terminal else { return try channel.send(message) }
        try channel.send(message, passing: terminal.number)
        terminal = .none
    }
}
