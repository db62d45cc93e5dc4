import Base

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
