import Base
import Runtime

/// `apus explain [--bundle DIR] [--host real|none]`
struct ExplainCommand: Equatable {
    var bundle = "."
    /// `real` or `none`; anything else is refused when it is performed.
    var host = "real"

    func perform(in globals: Globals) throws(Failure) {
        guard host == "real" || host == "none" else {
            throw Failure("invalid host \"\(host)\"", hint: "--host is real or none", code: .usage)
        }
        Output.result.write(try Runtime.explain(bundle: bundle, host: host, in: try globals.runtimeOptions()))
    }
}

extension ExplainCommand {
    init(_ words: OptionReader) {
        bundle = words.text(.bundle) ?? bundle
        host = words.text(.host) ?? host
    }
}
