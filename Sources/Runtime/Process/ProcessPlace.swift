/// The places of a process's properties, for messages.
struct ProcessPlace: Equatable {
    /// The pointer of the process as a whole: `/process` in config.json, "" in a file of its own (`exec --process`).
    var base = "/process"
    /// The properties that come from an option of the command line, and so have no place in a file.
    var fromOptions: [String] = []
    /// The properties that the file leaves out, so that they come from the container's config.json.
    var fromConfig: [String] = []

    /// Returns the pointer of a property; "" if it has no place.
    ///
    /// - Parameter rest: The place in the property, with a `/` before it.
    func callAsFunction(_ property: String, _ rest: String = "") -> String {
        if fromOptions.contains(property) { return "" }
        return "\(fromConfig.contains(property) ? "/process" : base)/\(property)\(rest)"
    }
}
