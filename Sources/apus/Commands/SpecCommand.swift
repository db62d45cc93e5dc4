import Base
import Linux

/// `apus spec [--bundle DIR] [--rootless]`
struct SpecCommand: Equatable {
    var bundle = "."
    var rootless = false

    func perform() throws(Failure) {
        throw pending("spec")
    }
}

extension SpecCommand {
    init(_ words: OptionReader) {
        bundle = words.text(.bundle) ?? bundle
        rootless = words.flag(.rootless)
    }
}
