import Base
import Runtime

/// A command with its options and operands.
enum Command: Equatable {
    case create(CreateCommand)
    case start(StartCommand)
    case run(RunCommand)
    case exec(ExecCommand)
    case state(StateCommand)
    case kill(KillCommand)
    case delete(DeleteCommand)
    case pause(PauseCommand)
    case resume(ResumeCommand)
    case ps(PsCommand)
    case update(UpdateCommand)
    case events(EventsCommand)
    case mounts(MountsCommand)
    case list(ListCommand)
    case spec(SpecCommand)
    case explain(ExplainCommand)
    case validate(ValidateCommand)
    case features(FeaturesCommand)
    case doctor(DoctorCommand)
    case completion(CompletionCommand)
    case man(ManCommand)

    /// Carries out the command.
    ///
    /// - Returns: The program's exit status.
    /// - Throws: ``Failure``, after undoing what was begun.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        switch self {
        case .create(let command): try command.perform(in: globals)
        case .start(let command): try command.perform(in: globals)
        case .run(let command): return try command.perform(in: globals)
        case .exec(let command): return try command.perform(in: globals)
        case .state(let command): try command.perform(in: globals)
        case .kill(let command): try command.perform(in: globals)
        case .delete(let command): try command.perform(in: globals)
        case .pause(let command): try command.perform(in: globals)
        case .resume(let command): try command.perform(in: globals)
        case .ps(let command): try command.perform(in: globals)
        case .update(let command): try command.perform(in: globals)
        case .events(let command): try command.perform(in: globals)
        case .mounts(let command): try command.perform(in: globals)
        case .list(let command): try command.perform(in: globals)
        case .spec(let command): try command.perform()
        case .explain(let command): try command.perform(in: globals)
        case .validate(let command): return try command.perform(in: globals)
        case .features(let command): command.perform()
        case .doctor(let command): return try command.perform(in: globals)
        case .completion(let command): try command.perform()
        case .man(let command): try command.perform()
        }
        return 0
    }

    /// The exit status after a failure. That of `exec` differs, so that callers can tell it from the program's own, as
    /// in runc.
    var failureStatus: CInt {
        guard case .exec = self else { return 1 }
        return 255
    }
}

/// Calls `body` with every container whose id matches `pattern`.
///
/// - Throws: The first ``Failure``, after all containers had their turn. It is no failure if a container ended or was
///   deleted in the meantime.
func forEachContainer(
    matching pattern: String, in options: RuntimeOptions, _ body: (String) throws(Failure) -> Void
) throws(Failure) {
    var failure: Failure?
    for id in try Runtime.containers(matching: pattern, in: options) {
        do throws(Failure) { try body(id) } catch {
            guard error.code != .containerNotRunning, error.code != .containerNotFound else { continue }
            failure = failure ?? error.during("container \(id)")
        }
    }
    if let failure { throw failure }
}

extension Option {
    static var regex: Option {
        Option(.regex, "r", .flag, "", "the id is an extended regular expression: do it with every container it fits")
    }
}
