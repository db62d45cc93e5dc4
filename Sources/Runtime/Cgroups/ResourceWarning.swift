/// Something in `resources` that has no effect, or another one than its writer may think.
struct ResourceWarning: Equatable, Sendable {
    /// What is so, in one line.
    var message: String
    /// Where in config.json.
    var pointer: String
}
