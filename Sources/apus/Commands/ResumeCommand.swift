import Base
import Runtime

/// `apus resume ID`
struct ResumeCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.resume(id: id, in: try globals.runtimeOptions())
    }
}

extension ResumeCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "") }
}
