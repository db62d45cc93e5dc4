import Base
import Linux

/// What init owns on its way from the clone to the container's program.
///
/// The clone copied the runtime's memory, so all that was worked out before it is here; the descriptors in it are init's own
/// copies, all close-on-exec.
struct InsideSide: ~Copyable, Session, InsideVisitor {
    static var side: Side { .inside }

    let trace: Trace?
    let channel: Channel
    /// The connection to `start`, once it has let us pass.
    var starter = Channel.none(.inside)
    /// The start gate.
    let gate: Descriptor
    /// What the host opened for init.
    var descriptors: DescriptorTable<Slot>
    let filter: SeccompFilter?
    /// The filter's listener, until the host has taken it.
    var listener = Descriptor.none
    /// The root mount: every path of the container is resolved inside it.
    var root = Descriptor.none
    /// A procfs of our own, for sysctls.
    var proc = Proc.none
    /// The mount ids of filesystems that were made for this container and are mounted nowhere else.
    var ownFilesystems: Set<UInt64> = []
    /// What hides the directories and the files of `linux.maskedPaths`.
    var emptyDirectory = Cover.none
    var null = Cover.none
    /// The master of the container's terminal, until the host has it.
    var terminal = Descriptor.none
    /// The terminal's other end, until it is the standard input, output and error.
    var terminalPeer = Descriptor.none
    /// What the container's program gets; HOME may be added on the way.
    var environment: Environment
    /// What the hooks inside are told.
    let record: StateFile
    /// For `exec`: the container's init, until its namespaces were joined.
    var joined: PidDescriptor
    /// The program, once it was found.
    var launch = Launch.none

    /// Closes all but the gate and the channel.
    mutating func closeFiles() {
        closeHostFiles()
        root = .none
    }

    /// Closes what is the host's, or was needed to make the root.
    mutating func closeHostFiles() {
        emptyDirectory = .none
        null = .none
        proc = .none
        joined = .none
        descriptors.removeAll()
    }

    /// The descriptors that are still needed.
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
            // Only this process can say so: the child may be in reach of the container already.
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
