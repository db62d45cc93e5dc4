/// The options that stand before the command.
struct Globals: Equatable {
    var root: String?
    var log: String?
    var logFormat: String?
    var debug = false
    var systemdCgroup = false
    /// nil: `auto`, it is worked out.
    var rootless: Bool?
    var trace: String?
}

extension Globals {
    /// Takes what was read; an absent option stays absent.
    init(_ words: OptionReader) {
        root = words.text(.root)
        log = words.text(.log)
        logFormat = words.text(.logFormat)
        debug = words.flag(.debug)
        systemdCgroup = words.flag(.systemdCgroup)
        trace = words.text(.trace)
        if case .flag(let isRootless) = words.value(.rootless) { rootless = isRootless }
    }
}
