import Base

/// `apus run [options] ID`
struct RunCommand: Equatable {
    /// What `create` would have been told.
    var creation: CreateCommand
    var detach = false
    var keep = false
    var noSubreaper = false

    func perform(in globals: Globals) throws(Failure) -> CInt {
        throw pending("run")
    }
}

extension RunCommand {
    init(_ words: OptionReader) {
        self.init(
            creation: CreateCommand(words), detach: words.flag(.detach), keep: words.flag(.keep),
            noSubreaper: words.flag(.noSubreaper))
    }
}
