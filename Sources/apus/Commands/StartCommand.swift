import Base
import Runtime

/// `apus start ID`
struct StartCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.start(id: id, notifying: Environment.notifySocket, in: try globals.runtimeOptions())
    }
}

extension StartCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "") }
}
