import Base
import Runtime

/// `apus delete [--force] ID`
struct DeleteCommand: Equatable {
    var id: String
    var force = false

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.delete(id: id, force: force, in: try globals.runtimeOptions())
    }
}

extension DeleteCommand {
    init(_ words: OptionReader) { self.init(id: words.operand(0) ?? "", force: words.flag(.force)) }
}
