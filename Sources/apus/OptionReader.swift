import Base

/// Reads options and operands from arguments, by the rules of Go's `flag` package, which callers rely on.
///
/// An option begins with one or two dashes. Its value is the next argument or follows `=`. There are no abbreviations
/// and no bundled letters. `--` ends the options; `-` alone is an operand. Options may stand before or after operands.
struct OptionReader: Equatable {
    /// The given options, in order.
    private(set) var given: [GivenOption] = []
    /// The arguments that are not options, in order.
    private(set) var operands: [String] = []

    /// One option of the command line.
    struct GivenOption: Equatable {
        var name: OptionName
        var value: OptionValue
    }

    /// Reads `arguments`. After a failure, what was read before it stays available.
    ///
    /// - Parameters:
    ///   - options: The options that exist here.
    ///   - stopsAtFirstOperand: Whether everything after the first operand is an operand too, such as those of the
    ///     program in `exec`.
    /// - Throws: ``Failure`` in the words of Go's `flag`.
    mutating func read(
        _ arguments: ArraySlice<String>, options: [Option], stopsAtFirstOperand: Bool = false
    ) throws(Failure) {
        var rest = arguments
        while let argument = rest.popFirst() {
            guard argument.utf8.count > 1, argument.utf8.first == UInt8(ascii: "-") else {
                operands.append(argument)
                if stopsAtFirstOperand { break }
                continue
            }
            if argument == "--" { break }
            try read(option: argument, rest: &rest, options: options)
        }
        operands += rest
    }

    private mutating func read(
        option argument: String, rest: inout ArraySlice<String>, options: [Option]
    ) throws(Failure) {
        let dash = UInt8(ascii: "-"), equals = UInt8(ascii: "=")
        let bare = argument.utf8.dropFirst(argument.utf8.dropFirst().first == dash ? 2 : 1)
        guard let first = bare.first, first != dash, first != equals else {
            throw Failure("bad flag syntax: \(argument)")
        }
        let end = bare.firstIndex(of: equals) ?? bare.endIndex
        let name = String(bare[..<end]) ?? ""
        let inlined = end == bare.endIndex ? nil : String(bare[bare.index(after: end)...]) ?? ""
        guard let option = options.first(where: { $0.name.rawValue == name || $0.letter == name }) else {
            throw Failure("flag provided but not defined: -\(name)")
        }
        let value: OptionValue
        switch option.kind {
        case .flag: value = try flag(inlined, name)
        case .flagOrAuto: value = try flagOrAuto(inlined, name, rest: &rest)
        case .text: value = .text(try text(inlined, name, rest: &rest))
        case .number: value = try number(text(inlined, name, rest: &rest), name)
        case .duration: value = try duration(text(inlined, name, rest: &rest), name)
        }
        given.append(GivenOption(name: option.name, value: value))
    }

    private func flag(_ inlined: String?, _ name: String) throws(Failure) -> OptionValue {
        guard let inlined else { return .flag(true) }
        guard let value = Self.boolean(inlined) else {
            throw Failure("invalid boolean value \"\(inlined)\" for -\(name): parse error")
        }
        return .flag(value)
    }

    private func flagOrAuto(
        _ inlined: String?, _ name: String, rest: inout ArraySlice<String>
    ) throws(Failure) -> OptionValue {
        if let inlined {
            guard let value = Self.booleanOrAuto(inlined) else {
                throw Failure("invalid value \"\(inlined)\" for flag -\(name): neither a boolean nor auto")
            }
            return value
        }
        guard let next = rest.first, let value = Self.booleanOrAuto(next) else { return .flag(true) }
        rest.removeFirst()
        return value
    }

    private func text(
        _ inlined: String?, _ name: String, rest: inout ArraySlice<String>
    ) throws(Failure) -> String {
        guard let text = inlined ?? rest.popFirst() else { throw Failure("flag needs an argument: -\(name)") }
        return text
    }

    private func number(_ text: String, _ name: String) throws(Failure) -> OptionValue {
        guard let number = Int(text) else {
            throw Failure("invalid value \"\(text)\" for flag -\(name): parse error")
        }
        return .number(number)
    }

    private func duration(_ text: String, _ name: String) throws(Failure) -> OptionValue {
        guard let nanoseconds = GoDuration.nanoseconds(text) else {
            throw Failure("invalid value \"\(text)\" for flag -\(name): parse error", hint: "such as 5s or 1m30s")
        }
        return .duration(nanoseconds)
    }

    /// Reads the spellings of Go's strconv.ParseBool.
    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": true
        case "0", "f", "F", "false", "FALSE", "False": false
        default: nil
        }
    }

    /// Reads a value of `--rootless`. An empty text means `auto`, as in runc.
    private static func booleanOrAuto(_ text: String) -> OptionValue? {
        switch text {
        case "", "auto", "AUTO", "Auto": .automatic
        default: boolean(text).map { .flag($0) }
        }
    }
}

// The questions that commands ask. If an option was given more than once, the last value counts, as in Go.
extension OptionReader {
    /// Returns the operand at `index`, counted from 0; nil if there are fewer operands.
    func operand(_ index: Int) -> String? { index < operands.count ? operands[index] : nil }

    /// Whether a flag is set. Returns false if it was not given.
    func flag(_ name: OptionName) -> Bool { value(name) == .flag(true) }

    /// Returns the text that an option was given; nil if the option was not given.
    func text(_ name: OptionName) -> String? {
        guard case .text(let text) = value(name) else { return nil }
        return text
    }

    /// Returns all texts that a repeatable option was given, in order.
    func texts(_ name: OptionName) -> [String] {
        given.compactMap { option in
            guard option.name == name, case .text(let text) = option.value else { return nil }
            return text
        }
    }

    /// Returns the number that an option was given; nil if the option was not given.
    func number(_ name: OptionName) -> Int? {
        guard case .number(let number) = value(name) else { return nil }
        return number
    }

    /// Returns the last value of an option; nil if the option was not given.
    func value(_ name: OptionName) -> OptionValue? { given.last { $0.name == name }?.value }
}
