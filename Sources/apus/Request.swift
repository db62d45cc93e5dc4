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

    /// Reads the words after the program's name.
    ///
    /// - Returns: The global options, as far as they were read before a mistake, and the request.
    static func read(_ words: [String]) -> (globals: Globals, request: Request) {
        var reader = OptionReader()
        do {
            try reader.read(words[...], options: CommandTable.globals, stopsAtFirstOperand: true)
        } catch {
            return (Globals(reader), .misuse(Misuse(remark: error.line, failure: error)))
        }
        return (Globals(reader), request(reader))
    }

    private static func request(_ globals: OptionReader) -> Request {
        if globals.flag(.help) { return .help(nil) }
        if globals.flag(.version) { return .version }
        guard let word = globals.operands.first else { return .help(nil) }
        guard let verb = Verb(word: word) else { return .misuse(unknown(word, after: globals)) }
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

    private static func request(_ verb: Verb, _ words: OptionReader) -> Request {
        switch verb {
        case .create: return .perform(.create(CreateCommand(words)))
        case .start: return .perform(.start(StartCommand(words)))
        case .run: return .perform(.run(RunCommand(words)))
        case .exec: return .perform(.exec(ExecCommand(words)))
        case .state: return .perform(.state(StateCommand(words)))
        case .kill: return .perform(.kill(KillCommand(words)))
        case .delete: return .perform(.delete(DeleteCommand(words)))
        case .pause: return .perform(.pause(PauseCommand(words)))
        case .resume: return .perform(.resume(ResumeCommand(words)))
        case .ps: return .perform(.ps(PsCommand(words)))
        case .update: return .perform(.update(UpdateCommand(words)))
        case .events: return .perform(.events(EventsCommand(words)))
        case .mounts: return .perform(.mounts(MountsCommand(words)))
        case .list: return .perform(.list(ListCommand(words)))
        case .spec: return .perform(.spec(SpecCommand(words)))
        case .explain: return .perform(.explain(ExplainCommand(words)))
        case .validate: return .perform(.validate(ValidateCommand(words)))
        case .features: return .perform(.features(FeaturesCommand()))
        case .completion: return .perform(.completion(CompletionCommand(words)))
        case .man: return .perform(.man(ManCommand(words)))
        case .help:
            guard let topic = words.operands.first else { return .help(nil) }
            guard let verb = Verb(word: topic) else { return .misuse(unknown(topic)) }
            return .help(verb)
        }
    }

    private static func unknown(_ word: String, after globals: OptionReader = OptionReader()) -> Misuse {
        // If `--rootless` does not accept the next word as its value, that word is taken for the command.
        let isValue = globals.given.last == OptionReader.GivenOption(name: .rootless, value: .flag(true))
        let failure = Failure(
            "apus: \"\(word)\" is not a command",
            hint: isValue ? "--rootless is true, false or auto" : "apus help lists the commands")
        return Misuse(remark: failure.action, failure: failure)
    }
}
