import Base
import OCI
import Runtime

/// `apus validate [--bundle DIR] [--host real|none] [--json]`
struct ValidateCommand: Equatable {
    var bundle = "."
    /// `real` or `none`; anything else is refused when the command runs.
    var host = "real"
    var json = false

    /// - Returns: 0 if there is no error, otherwise 1.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        guard host == "real" || host == "none" else {
            throw Failure("invalid host \"\(host)\"", hint: "--host is real or none", code: .usage)
        }
        let validation = try Runtime.validate(bundle: bundle, host: host, in: try globals.runtimeOptions())
        Output.result.write(json ? validation.json(.spaces(4)) + "\n" : validation.text)
        return validation.isValid ? 0 : 1
    }
}

extension ValidateCommand {
    init(_ reader: OptionReader) {
        bundle = reader.text(.bundle) ?? bundle
        host = reader.text(.host) ?? host
        json = reader.flag(.json)
    }
}

extension ValidateCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "tell all that is wrong with a config.json, and do nothing",
            options: [
                .bundle,
                Option(
                    .host, "", .text, "HOST",
                    "look also at what the 'real' host has, or at 'none' (default: real)"),
                Option(.json, "", .flag, "", "print it as JSON"),
            ],
            description: """
                Prints every error, warning and remark, each with its place in config.json, a word for
                programs, and the section of the specification. The status is 1 if there is an error:
                'apus create' would refuse the config.json with one of them. Needs no privileges.
                """)
    }
}
