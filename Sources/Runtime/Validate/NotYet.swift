import Base

extension Failure {
    /// What the spec or runc's command line names and apus cannot do: an error, never silence.
    static func notYet(_ what: String) -> Failure {
        let place = what.utf8.starts(with: "--".utf8) ? "do without it" : "remove it from config.json"
        return Failure(
            "\(what): not supported by this version of apus", hint: "\(place), or use a newer apus", code: .notSupported
        )
    }
}
