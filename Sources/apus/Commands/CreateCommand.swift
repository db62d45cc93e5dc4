import Base

/// `apus create [options] ID`
struct CreateCommand: Equatable {
    var id: String
    var bundle = "."
    var consoleSocket: String?
    var pidfdSocket: String?
    var pidFile: String?
    var noPivot = false
    var noNewKeyring = false
    /// How many descriptors go to the container after 0, 1, 2 and those of `$LISTEN_FDS`.
    var preservedDescriptors = 0

    func perform(in globals: Globals) throws(Failure) {
        throw pending("create")
    }
}

extension CreateCommand {
    init(_ words: OptionReader) {
        self.init(id: words.operand(0) ?? "")
        bundle = words.text(.bundle) ?? bundle
        consoleSocket = words.text(.consoleSocket)
        pidfdSocket = words.text(.pidfdSocket)
        pidFile = words.text(.pidFile)
        noPivot = words.flag(.noPivot)
        noNewKeyring = words.flag(.noNewKeyring)
        preservedDescriptors = words.number(.preserveFds) ?? preservedDescriptors
    }
}
