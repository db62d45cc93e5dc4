import Base
import Linux
import Runtime

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

    /// The same in the runtime's terms; paths are made absolute, since making a container changes the directory.
    ///
    /// - Parameter makesContainer: Whether a container is to be made, so that its root must be there.
    /// - Throws: ``Failure`` for a root that cannot be one.
    func runtimeOptions(makesContainer: Bool = false) throws(Failure) -> RuntimeOptions {
        let stateRoot = try StateRoot.resolve(root)
        if makesContainer { try stateRoot.prepare() }
        var options = RuntimeOptions(
            root: stateRoot.path, systemdCgroup: systemdCgroup, rootless: rootless, debug: debug,
            traceFile: try Path.absolute(trace))
        let (path, format) = (try Path.absolute(log), logFormat)
        // Opened again for each: there is hardly ever one.
        options.warn = { warning in (try? Log(path: path, format: format))?.warn(warning) }
        if debug { options.note = { note in (try? Log(path: path, format: format, isDebug: true))?.debug(note) } }
        return options
    }
}
