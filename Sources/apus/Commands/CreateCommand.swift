import Base
import Runtime

/// `apus create [options] ID`
struct CreateCommand: Equatable {
    var id: String
    var bundle = "."
    /// A file to read instead of the bundle's config.json.
    var config: String?
    var consoleSocket: String?
    var pidfdSocket: String?
    var pidFile: String?
    var noPivot = false
    var noNewKeyring = false
    /// How many descriptors the container gets after 0, 1, 2 and those of `$LISTEN_FDS`.
    var preserveFDs = 0

    func perform(in globals: Globals) throws(Failure) {
        do {
            let (options, runtime) = (try options, try globals.runtimeOptions(makesContainer: true))
            try sealProgram(for: options, in: runtime)
            try Runtime.create(id: id, options: options, in: runtime)
        } catch { throw error.during("apus create failed").pointingToDoctor }
    }

    /// The command's options in the form that the runtime takes.
    var options: CreateOptions {
        get throws(Failure) {
            var options = CreateOptions()
            options.bundle = bundle
            options.config = try Path.absolute(config)
            options.consoleSocket = try Path.absolute(consoleSocket)
            options.pidfdSocket = try Path.absolute(pidfdSocket)
            options.pidFile = try Path.absolute(pidFile)
            options.noPivot = noPivot
            options.noNewKeyring = noNewKeyring
            options.preserveFDs = preserveFDs
            options.listenDescriptors = CallerEnvironment.listenDescriptors()
            options.notifySocket = CallerEnvironment.notifySocket
            return options
        }
    }
}

extension CreateCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "")
        bundle = reader.text(.bundle) ?? bundle
        config = reader.text(.config)
        consoleSocket = reader.text(.consoleSocket)
        pidfdSocket = reader.text(.pidfdSocket)
        pidFile = reader.text(.pidFile)
        noPivot = reader.flag(.noPivot)
        noNewKeyring = reader.flag(.noNewKeyring)
        preserveFDs = reader.number(.preserveFds) ?? preserveFDs
    }
}

extension CreateCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "make a container from a bundle, ready to be started",
            operands: CommandTable.containerID, count: .exactly(1),
            options: options,
            description: """
                Makes everything that config.json asks for but does not run its program yet: 'apus start' does.
                A bundle is a directory with a file config.json and a root filesystem. The id is new below
                --root and consists of letters, digits and the characters _ + - and . (full stop).
                """)
    }

    /// The options that `run` has too.
    static var options: [Option] {
        [
            .bundle,
            Option(.config, "f", .text, "FILE", "read FILE instead of the bundle's config.json"),
            Option(.consoleSocket, "", .text, "SOCKET", "a Unix socket to send the terminal's master end to"),
            Option(.pidfdSocket, "", .text, "SOCKET", "a Unix socket to send a pidfd of init to"),
            Option(.pidFile, "", .text, "FILE", "a file to write init's process id to"),
            Option(.noPivot, "", .flag, "", "do not use pivot_root; for a root filesystem on the initramfs"),
            Option(.noNewKeyring, "", .flag, "", "keep the caller's session keyring"),
            Option(
                .preserveFds, "", .number, "N", "pass N more descriptors on, after 0, 1, 2 and $LISTEN_FDS (default: 0)"
            ),
        ]
    }
}

extension Option {
    /// The option of every command that reads a config.json.
    static var bundle: Option {
        Option(.bundle, "b", .text, "DIR", "the bundle's directory (default: the current one)")
    }
}
