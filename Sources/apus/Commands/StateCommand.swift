import Base

/// `apus state ID`
struct StateCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        throw pending("state")
    }
}

extension StateCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "") }
}
