/// Where the properties of a process stand, for messages.
struct ProcessPlace: Equatable {
    /// The pointer of the process as a whole: `/process` in config.json, nothing in a text of its own (`exec --process`).
    var base = "/process"
    /// The properties that come from an option of the command line, and so stand in no text.
    var fromOptions: [String] = []
    /// Those that the text of its own leaves to the container's config.json.
    var fromConfig: [String] = []

    /// The pointer of a property, "" where it stands nowhere.
    ///
    /// - Parameter rest: The place in the property, with a `/` before it.
    func callAsFunction(_ property: String, _ rest: String = "") -> String {
        if fromOptions.contains(property) { return "" }
        return "\(fromConfig.contains(property) ? "/process" : base)/\(property)\(rest)"
    }
}
