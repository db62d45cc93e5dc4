import Testing

@testable import apus

/// Reads a command line as a caller writes it, without the program's name. Spaces separate the words.
func read(_ line: String) -> (globals: Globals, request: Request) {
    Request.read(line.split(separator: " ", omittingEmptySubsequences: true).map(String.init))
}

/// A command line, and what it must mean.
struct CommandLineCase: CustomTestStringConvertible, Sendable {
    let line: String
    let globals: Globals
    let command: Command

    init(_ line: String, _ globals: Globals = Globals(), _ command: Command) {
        self.line = line
        self.globals = globals
        self.command = command
    }

    var testDescription: String { line }
}
