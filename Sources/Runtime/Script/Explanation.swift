import Base

extension Script {
    /// The script as `explain` prints it: a line each, with the side that does it and the place in config.json that asked.
    var explanation: String {
        var text = "preparation (host alone)\n"
        for placed in preparation { text += Self.line("H", placed.step.description.summary, placed.pointer) }
        text += "  H  \(escaped(birth.summary))\njoint\n"
        for line in joint {
            switch line {
            case .host(let placed): text += Self.line("H", placed.step.description.summary, placed.pointer)
            case .inside(let placed): text += Self.line("I", placed.step.description.summary, placed.pointer)
            case .sync(let message, let side):
                text += "  == \(message.word)  \(side == .host ? "host -> init" : "init -> host")\n"
            case .succession(let succession): text += "  == \(succession.summary)\n"
            }
        }
        if !warnings.isEmpty { text += "warnings\n" }
        for warning in warnings { text += "  \(escaped(warning.line))\n" }
        return text
    }

    private static func line(_ letter: String, _ summary: String, _ pointer: String) -> String {
        "  \(letter)  " + escaped(summary + (pointer.isEmpty ? "" : "  [\(pointer)]")) + "\n"
    }
}
