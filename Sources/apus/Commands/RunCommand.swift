import Base
import Runtime

/// `apus run [options] ID`
struct RunCommand: Equatable {
    /// The part that `create` has too.
    var creation: CreateCommand
    var detach = false
    var keep = false
    var noSubreaper = false

    /// - Returns: The container's exit status; 0 with `--detach`.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        do {
            let (options, runtime) = (try options, try globals.runtimeOptions(makesContainer: true))
            try sealProgram(for: options.create, in: runtime)
            return try Runtime.run(id: creation.id, options: options, in: runtime)
        } catch { throw error.during("apus run failed").pointingToDoctor }
    }

    /// The command's options in the form that the runtime takes.
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
    init(_ reader: OptionReader) {
        self.init(
            creation: CreateCommand(reader), detach: reader.flag(.detach), keep: reader.flag(.keep),
            noSubreaper: reader.flag(.noSubreaper))
    }
}

extension RunCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "make a container and run its program",
            operands: CommandTable.containerID, count: .exactly(1),
            options: CreateCommand.options + [
                Option(.detach, "d", .flag, "", "return as soon as the program runs"),
                Option(.keep, "", .flag, "", "do not delete the container when its program ends"),
                Option(
                    .noSubreaper, "", .flag, "", "do not adopt the processes that the container's init leaves behind"),
            ],
            description: """
                Create and start in one. In the foreground signals are passed on, the exit status is the
                program's (128 + N if signal N ended it), and the container is deleted at its end.
                """)
    }
}
