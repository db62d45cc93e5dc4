import Base
import OCI
import Runtime

/// `apus validate [--bundle DIR] [--host real|none] [--json]`
struct ValidateCommand: Equatable {
    var bundle = "."
    /// `real` or `none`; anything else is refused when it is performed.
    var host = "real"
    var json = false

    /// - Returns: 0 where there is no error, else 1.
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
    init(_ words: OptionReader) {
        bundle = words.text(.bundle) ?? bundle
        host = words.text(.host) ?? host
        json = words.flag(.json)
    }
}
