/// `process.consoleSize`: the terminal's size, in characters.
public struct ConsoleSize: Equatable, Sendable {
    /// Rows.
    public var height: UInt64
    /// Columns.
    public var width: UInt64

    /// A size with all its properties.
    public init(height: UInt64, width: UInt64) {
        self.height = height
        self.width = width
    }
}
