import Base
import Runtime

/// `apus explain [--bundle DIR] [--host real|none]`
struct ExplainCommand: Equatable {
    var bundle = "."
    /// `real` or `none`; anything else is refused when the command runs.
    var host = "real"

    func perform(in globals: Globals) throws(Failure) {
        guard host == "real" || host == "none" else {
            throw Failure("invalid host \"\(host)\"", hint: "--host is real or none", code: .usage)
        }
        Output.result.write(try Runtime.explain(bundle: bundle, host: host, in: try globals.runtimeOptions()))
    }
}

extension ExplainCommand {
    init(_ reader: OptionReader) {
        bundle = reader.text(.bundle) ?? bundle
        host = reader.text(.host) ?? host
    }
}

extension ExplainCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print what run would do, step by step, and do nothing",
            options: [
                .bundle,
                Option(
                    .host, "", .text, "HOST", "plan for the 'real' host, or for 'none', a fixed one (default: real)"),
            ],
            description: """
                Prints the ordered list of steps that 'apus run' would take for the bundle, up to the container's
                program, each with the place in config.json that asks for it. Needs no privileges.
                """)
    }
}
