import Base

/// What a command line asks for.
enum Request: Equatable {
    /// The help of a command, or of the program.
    case help(Verb?)
    case version
    case perform(Command)
    /// The command line asks for nothing that exists.
    case misuse(Misuse)

    /// A command line that does not fit the table.
    struct Misuse: Equatable {
        /// The command whose help is shown; nil for the help of the program.
        var verb: Verb?
        /// The text after `Incorrect Usage`, above the help.
        var remark: String?
        var failure: Failure

        /// The text for standard output, as in runc.
        var output: String {
            let help = verb.map { Help.command($0) } ?? Help.program
            return "Incorrect Usage" + (remark.map { ": \(escaped($0))" } ?? ".") + "\n\n" + help
        }
    }

    /// Reads the arguments after the program's name.
    ///
    /// - Returns: The global options, as far as they were read before a mistake, and the request.
    static func read(_ arguments: [String]) -> (globals: Globals, request: Request) {
        var reader = OptionReader()
        do {
            try reader.read(arguments[...], options: CommandTable.globals, stopsAtFirstOperand: true)
        } catch {
            return (Globals(reader), .misuse(Misuse(remark: error.line, failure: error)))
        }
        return (Globals(reader), request(reader))
    }

    private static func request(_ globals: OptionReader) -> Request {
        if globals.flag(.help) { return .help(nil) }
        if globals.flag(.version) { return .version }
        guard let name = globals.operands.first else { return .help(nil) }
        guard let verb = Verb(name: name) else { return .misuse(unknown(name, after: globals)) }
        var reader = OptionReader()
        do {
            try reader.read(
                globals.operands.dropFirst(), options: CommandTable.options(of: verb),
                stopsAtFirstOperand: CommandTable.entry(verb).stopsAtFirstOperand)
        } catch {
            return .misuse(Misuse(verb: verb, remark: error.line, failure: error))
        }
        if reader.flag(.help) { return .help(verb) }
        if let complaint = CommandTable.entry(verb).count.complaint(about: reader.operands.count) {
            return .misuse(Misuse(verb: verb, failure: Failure("apus: \"\(verb.rawValue)\" \(complaint)")))
        }
        return request(verb, reader)
    }

    private static func request(_ verb: Verb, _ reader: OptionReader) -> Request {
        switch verb {
        case .create: return .perform(.create(CreateCommand(reader)))
        case .start: return .perform(.start(StartCommand(reader)))
        case .run: return .perform(.run(RunCommand(reader)))
        case .exec: return .perform(.exec(ExecCommand(reader)))
        case .state: return .perform(.state(StateCommand(reader)))
        case .kill: return .perform(.kill(KillCommand(reader)))
        case .delete: return .perform(.delete(DeleteCommand(reader)))
        case .pause: return .perform(.pause(PauseCommand(reader)))
        case .resume: return .perform(.resume(ResumeCommand(reader)))
        case .ps: return .perform(.ps(PsCommand(reader)))
        case .update: return .perform(.update(UpdateCommand(reader)))
        case .events: return .perform(.events(EventsCommand(reader)))
        case .mounts: return .perform(.mounts(MountsCommand(reader)))
        case .list: return .perform(.list(ListCommand(reader)))
        case .spec: return .perform(.spec(SpecCommand(reader)))
        case .explain: return .perform(.explain(ExplainCommand(reader)))
        case .validate: return .perform(.validate(ValidateCommand(reader)))
        case .features: return .perform(.features(FeaturesCommand()))
        case .doctor: return .perform(.doctor(DoctorCommand(reader)))
        case .completion: return .perform(.completion(CompletionCommand(reader)))
        case .man: return .perform(.man(ManCommand(reader)))
        case .help:
            guard let topic = reader.operands.first else { return .help(nil) }
            guard let verb = Verb(name: topic) else { return .misuse(unknown(topic)) }
            return .help(verb)
        }
    }

    private static func unknown(_ name: String, after globals: OptionReader = OptionReader()) -> Misuse {
        // If `--rootless` does not accept the next argument as its value, that argument is taken for the command.
        let isValue = globals.given.last == OptionReader.GivenOption(name: .rootless, value: .flag(true))
        let failure = Failure(
            "apus: \"\(name)\" is not a command",
            hint: isValue ? "--rootless is true, false or auto" : "apus help lists the commands")
        return Misuse(remark: failure.action, failure: failure)
    }
}
