import Base
import Linux
import OCI

/// `apus list [--format table|json] [--quiet]`
struct ListCommand: Equatable {
    var format = "table"
    var quiet = false

    func perform(in globals: Globals) throws(Failure) {
        throw pending("list")
    }
}

extension ListCommand {
    init(_ words: OptionReader) {
        format = words.text(.format) ?? format
        quiet = words.flag(.quiet)
    }
}
