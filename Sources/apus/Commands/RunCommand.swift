import Base
import Runtime

/// `apus run [options] ID`
struct RunCommand: Equatable {
    /// What `create` would have been told.
    var creation: CreateCommand
    var detach = false
    var keep = false
    var noSubreaper = false

    /// - Returns: The container's exit status; 0 with `--detach`.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        do {
            return try Runtime.run(
                id: creation.id, options: options, in: try globals.runtimeOptions(makesContainer: true))
        } catch { throw error.during("apus run failed") }
    }

    /// The same in the runtime's terms.
    var options: RunOptions {
        get throws(Failure) {
            var options = RunOptions()
            options.create = try creation.options
            options.detach = detach
            options.keep = keep
            options.noSubreaper = noSubreaper
            return options
        }
    }
}

extension RunCommand {
    init(_ words: OptionReader) {
        self.init(
            creation: CreateCommand(words), detach: words.flag(.detach), keep: words.flag(.keep),
            noSubreaper: words.flag(.noSubreaper))
    }
}
