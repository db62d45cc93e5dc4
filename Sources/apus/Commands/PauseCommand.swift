import Base
import Runtime

/// `apus pause ID`
struct PauseCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.pause(id: id, in: try globals.runtimeOptions())
    }
}

extension PauseCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "") }
}
