import Base
import Linux
import OCI

/// A line of the joint part. There are two step types, so that a step on the wrong side does not compile.
enum Line: Equatable {
    case host(Placed<HostStep>)
    case inside(Placed<InsideStep>)
    case sync(Message, from: Side)
    /// For both sides: from here on another process walks the lines inside.
    case succession(Succession)
}

/// A step, and the place in config.json that asked for it as a JSON pointer; "" if the runtime itself did.
struct Placed<Step: Equatable>: Equatable {
    var step: Step
    var pointer: String

    init(_ step: Step, _ pointer: String = "") {
        self.step = step
        self.pointer = pointer
    }
}

/// A line of both sides: the process inside makes a child, which continues in its place as init, or as the process of
/// `exec`. The first process ends.
///
/// A process enters a pid namespace only by being born in it (setns(2), pid_namespaces(7)). While the runtime sets up
/// a process, the process has the host's root and descriptors of the host for a while. In an existing pid namespace,
/// other processes could see this below /proc/PID: its mounts without any privilege, and with CAP_SYS_PTRACE its root
/// and descriptors too. So a process that is invisible there does all the work, and the child is born finished.
///
/// The other use is a new pid namespace in a user namespace that is joined: only after it has joined may the process
/// make the pid namespace, and only its child is then inside. That child does the work.
///
/// The child is made as a sibling (CLONE_PARENT), so that the host is its parent.
struct Succession: Equatable {
    /// The new namespaces for the child.
    var namespaces: NamespaceFlags = []

    var summary: String {
        let words = namespaces.words.joined(separator: ", ")
        return "succession  a child goes on in init's place"
            + (words.isEmpty ? ", in the pid namespace that was joined" : " with new namespaces: \(words)")
    }
}

/// Lets Swift code write a script as a list of lines, from top to bottom. A plan that has nothing to do gives no line.
@resultBuilder
enum Lines {
    static func buildExpression(_ line: Line?) -> [Line] { line.map { [$0] } ?? [] }
    static func buildExpression(_ lines: [Line]) -> [Line] { lines }
    static func buildExpression(_ step: Placed<HostStep>?) -> [Line] { step.map { [.host($0)] } ?? [] }
    static func buildExpression(_ steps: [Placed<HostStep>]) -> [Line] { steps.map { .host($0) } }
    static func buildExpression(_ step: Placed<InsideStep>?) -> [Line] { step.map { [.inside($0)] } ?? [] }
    static func buildExpression(_ steps: [Placed<InsideStep>]) -> [Line] { steps.map { .inside($0) } }
    static func buildBlock(_ parts: [Line]...) -> [Line] { Array(parts.joined()) }
    static func buildOptional(_ part: [Line]?) -> [Line] { part ?? [] }
    static func buildEither(first: [Line]) -> [Line] { first }
    static func buildEither(second: [Line]) -> [Line] { second }
    static func buildArray(_ parts: [[Line]]) -> [Line] { Array(parts.joined()) }
}

/// The same for the steps that one side does alone.
@resultBuilder
enum Steps<OwnStep: Step> {
    static func buildExpression(_ step: Placed<OwnStep>?) -> [Placed<OwnStep>] { step.map { [$0] } ?? [] }
    static func buildExpression(_ steps: [Placed<OwnStep>]) -> [Placed<OwnStep>] { steps }
    static func buildBlock(_ parts: [Placed<OwnStep>]...) -> [Placed<OwnStep>] { Array(parts.joined()) }
    static func buildOptional(_ part: [Placed<OwnStep>]?) -> [Placed<OwnStep>] { part ?? [] }
    static func buildEither(first: [Placed<OwnStep>]) -> [Placed<OwnStep>] { first }
    static func buildEither(second: [Placed<OwnStep>]) -> [Placed<OwnStep>] { second }
    static func buildArray(_ parts: [[Placed<OwnStep>]]) -> [Placed<OwnStep>] { Array(parts.joined()) }
}

/// Makes a step of the host.
///
/// - Parameter pointer: The place in config.json that asks for it; "" if the runtime itself does.
func host(_ step: HostStep, _ pointer: String = "") -> Placed<HostStep> { Placed(step, pointer) }

/// Makes a step of the process inside.
func inside(_ step: InsideStep, _ pointer: String = "") -> Placed<InsideStep> { Placed(step, pointer) }

/// Makes a line at which one side waits until the other says `message`.
func sync(_ message: Message, from side: Side) -> Line { .sync(message, from: side) }
