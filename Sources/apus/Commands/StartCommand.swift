import Base

/// `apus start ID`
struct StartCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        throw pending("start")
    }
}

extension StartCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "") }
}
