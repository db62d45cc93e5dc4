import Base
import Linux
import Runtime

/// `apus create [options] ID`
struct CreateCommand: Equatable {
    var id: String
    var bundle = "."
    /// Instead of the bundle's config.json.
    var config: String?
    var consoleSocket: String?
    var pidfdSocket: String?
    var pidFile: String?
    var noPivot = false
    var noNewKeyring = false
    /// How many descriptors go to the container after 0, 1, 2 and those of `$LISTEN_FDS`.
    var preservedDescriptors = 0

    func perform(in globals: Globals) throws(Failure) {
        do {
            try Runtime.create(id: id, options: options, in: try globals.runtimeOptions(makesContainer: true))
        } catch { throw error.during("apus create failed") }
    }

    /// The same in the runtime's terms.
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
            options.preserveDescriptors = preservedDescriptors
            options.listenDescriptors = ListenDescriptors.count(Environment.value, pid: ThisProcess.pid)
            options.notifySocket = Environment.notifySocket
            return options
        }
    }
}

extension CreateCommand {
    init(_ words: OptionReader) {
        self.init(id: words.operand(0) ?? "")
        bundle = words.text(.bundle) ?? bundle
        config = words.text(.config)
        consoleSocket = words.text(.consoleSocket)
        pidfdSocket = words.text(.pidfdSocket)
        pidFile = words.text(.pidFile)
        noPivot = words.flag(.noPivot)
        noNewKeyring = words.flag(.noNewKeyring)
        preservedDescriptors = words.number(.preserveFds) ?? preservedDescriptors
    }
}
