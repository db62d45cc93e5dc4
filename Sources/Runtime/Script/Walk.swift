import Base
import Linux

/// One side of the walk: what it owns while it walks, and how it does a step.
protocol Session: ~Copyable {
    associatedtype OwnStep: Step
    /// The side that we are.
    static var side: Side { get }
    /// Returns our own step; nil for a line of the other side, for a `.sync` and for a `.succession`.
    static func own(_ line: Line) -> Placed<OwnStep>?
    /// Does one step.
    mutating func perform(_ step: OwnStep) throws(Failure)
    /// Sends `message` to the other side. A descriptor that goes along then belongs to the other side.
    mutating func send(_ message: Message) throws(Failure)
    /// Waits for the other side to say `message`, and keeps what came along. If a failure comes instead, throws it.
    mutating func expect(_ message: Message) throws(Failure)
    /// Replaces the process inside. Inside, it makes a child that takes its place; in the host, that child becomes the
    /// init that the host knows.
    mutating func carryOut(_ succession: Succession) throws(Failure)
    /// The trace for the times of the steps; nil without `--trace`.
    var trace: Trace? { get }
}

/// Walks the joint part of a script as one side: does that side's steps and meets the other side at each `.sync`.
///
/// - Throws: The first ``Failure``, ours or the one that the other side sent.
func walk<S: Session & ~Copyable>(_ lines: [Line], _ session: inout S) throws(Failure) {
    for line in lines {
        if case .sync(let message, let sender) = line {
            try meet(message, sender, &session)
        } else if case .succession(let succession) = line {
            try carryOut(succession, &session)
        } else if let placed = S.own(line) {
            do throws(Failure) { try perform(placed, &session) } catch {
                // The other side waits for a message, and gets this one. If it is gone, our own failure still counts.
                try? session.send(.failed(error))
                throw error
            }
        }
    }
}

/// Does one step, times it if there is a trace, and adds its place in config.json to its failure.
func perform<S: Session & ~Copyable>(_ placed: Placed<S.OwnStep>, _ session: inout S) throws(Failure) {
    guard let trace = session.trace else {
        do throws(Failure) { return try session.perform(placed.step) } catch { throw error.at(placed.pointer) }
    }
    let begun = trace.now()
    let step = placed.step.description
    // A step that turns into another program cannot report itself afterwards.
    if step.isLast { trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, nil) }
    do throws(Failure) { try session.perform(placed.step) } catch {
        let failure = error.at(placed.pointer)
        trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, failure)
        throw failure
    }
    trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, nil)
}

private func carryOut<S: Session & ~Copyable>(_ succession: Succession, _ session: inout S) throws(Failure) {
    let begun = session.trace?.now() ?? 0
    do throws(Failure) { try session.carryOut(succession) } catch {
        try? session.send(.failed(error))
        throw error
    }
    session.trace?.write(S.side, "succession", succession.summary, "", from: begun, nil)
}

private func meet<S: Session & ~Copyable>(
    _ message: Message, _ sender: Side, _ session: inout S
) throws(Failure) {
    let begun = session.trace?.now() ?? 0
    if sender == S.side { try session.send(message) } else { try session.expect(message) }
    session.trace?.write(S.side, "sync", message.word, "", from: begun, nil)
}

/// Walks the inside part of the script in init, or in the process of `exec`. The process becomes its program, or exits.
///
/// A step's failure always reaches the process that waits. The walk sends it to the host over the channel. After `create` has
/// ended, `start` gets it over the connection by which it opened the gate.
func becomeInit(_ lines: [Line], _ session: consuming InsideSide) -> Never {
    do throws(Failure) { try walk(lines, &session) } catch { try? session.starter.send(.failed(error)) }
    ThisProcess.exit(1)
}

extension HostSide: Session, HostVisitor {
    static var side: Side { .host }

    static func own(_ line: Line) -> Placed<HostStep>? {
        guard case .host(let placed) = line else { return nil }
        return placed
    }

    mutating func perform(_ step: HostStep) throws(Failure) { try step.accept(&self) }
    mutating func visit(_ work: some HostWork) throws(Failure) { try work.perform(&self) }
    borrowing func send(_ message: Message) throws(Failure) { try channel.send(message) }

    mutating func expect(_ message: Message) throws(Failure) {
        try waitForWord()
        let passed = try channel.expect(message)
        if message == .terminal { terminal = passed }
    }

    mutating func carryOut(_ succession: Succession) throws(Failure) {
        let child = try channel.expect(
            .successor, from: pidfd, unlessPaused: ignoresPause ? nil : record.cgroup)
        guard child.isOpen else { throw Failure.initDied(" before it had a successor") }
        let successor = PidDescriptor(owning: child.release())
        _ = try pidfd.wait()
        pid = try proc.pid(of: successor)
        pidfd = successor
        try channel.send(.taken)
    }
}

extension InsideSide: Session, InsideVisitor {
    static var side: Side { .inside }

    static func own(_ line: Line) -> Placed<InsideStep>? {
        guard case .inside(let placed) = line else { return nil }
        return placed
    }

    mutating func perform(_ step: InsideStep) throws(Failure) { try step.accept(&self) }
    mutating func visit(_ work: some InsideWork) throws(Failure) { try work.perform(&self) }
    borrowing func expect(_ message: Message) throws(Failure) { try channel.expect(message) }

    mutating func carryOut(_ succession: Succession) throws(Failure) {
        switch try clone(succession.namespaces, asSibling: true, "make the container's first process") {
        case .child: try channel.expect(.taken)
        case .parent(_, let pidfd):
            // Only this process can report the child: the container's processes may already be able to reach the child
            // itself.
            try? channel.send(.successor, passing: pidfd.number)
            ThisProcess.exit(0)
        }
    }

    mutating func send(_ message: Message) throws(Failure) {
        guard message == .terminal else { return try channel.send(message) }
        try channel.send(message, passing: terminal.number)
        terminal = .none
    }
}
