import Base
import Linux

/// One side of the walk: what it owns while it walks, and how it does a step.
protocol Session: ~Copyable {
    associatedtype OwnStep: Step
    /// Which lines are ours.
    static var side: Side { get }
    /// The step of a line of ours; nil on a line of the other side, and at a `.sync`.
    static func own(_ line: Line) -> Placed<OwnStep>?
    /// Does one step.
    mutating func perform(_ step: OwnStep) throws(Failure)
    /// Tells the other side; what goes along is the other's then.
    mutating func send(_ message: Message) throws(Failure)
    /// Waits for the other side to say `message`, and keeps what came along; throws the failure that came instead.
    mutating func expect(_ message: Message) throws(Failure)
    /// Inside, the process makes a child that goes on in its place; the host takes that for the process it knows.
    mutating func succeed(_ succession: Succession) throws(Failure)
    /// Where the times of the steps go; nil without `--trace`.
    var trace: Trace? { get }
}

/// Walks the joint part of a script as one side: does that side's steps, and meets the other at each `.sync`.
///
/// - Throws: The first ``Failure``, this side's own or the one the other side sent.
func walk<S: Session & ~Copyable>(_ lines: [Line], _ session: inout S) throws(Failure) {
    for line in lines {
        if case .sync(let message, let sender) = line {
            try meet(message, sender, &session)
        } else if case .succession(let succession) = line {
            try succeed(succession, &session)
        } else if let placed = S.own(line) {
            do throws(Failure) { try perform(placed, &session) } catch {
                // The other side waits for something: it gets this. If it is gone, our own failure still counts.
                try? session.send(.failed(error))
                throw error
            }
        }
    }
}

/// Does one step, timed where a trace is wanted, and gives its failure its place in config.json.
func perform<S: Session & ~Copyable>(_ placed: Placed<S.OwnStep>, _ session: inout S) throws(Failure) {
    guard let trace = session.trace else {
        do throws(Failure) { return try session.perform(placed.step) } catch { throw error.at(placed.pointer) }
    }
    let begun = trace.now()
    let step = placed.step.description
    // A step that ends as another program cannot tell of it afterwards.
    if step.isLast { trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, nil) }
    do throws(Failure) { try session.perform(placed.step) } catch {
        let failure = error.at(placed.pointer)
        trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, failure)
        throw failure
    }
    trace.write(S.side, step.word, step.summary, placed.pointer, from: begun, nil)
}

private func succeed<S: Session & ~Copyable>(_ succession: Succession, _ session: inout S) throws(Failure) {
    let begun = session.trace?.now() ?? 0
    do throws(Failure) { try session.succeed(succession) } catch {
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

/// What init, or the process of `exec`, is from the clone on: it walks its side of the script, and ends as its program, or not
/// at all.
///
/// A failure reaches whoever waits: the host over the channel (the walk sends it), and after `create` has ended, `start` by the connection
/// that it opened the gate with.
func becomeInit(_ script: Script, _ session: consuming InsideSide) -> Never {
    do throws(Failure) { try walk(script.joint, &session) } catch { try? session.starter.send(.failed(error)) }
    ThisProcess.exit(1)
}
