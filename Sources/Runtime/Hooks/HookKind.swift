import OCI

/// One of the six moments at which hooks run (runtime-spec 1.3, config.md, "POSIX-platform Hooks").
enum HookKind: Equatable, CaseIterable {
    case prestart
    case createRuntime
    case createContainer
    case startContainer
    case poststart
    case poststop

    /// The property's name in config.json.
    var word: String {
        switch self {
        case .prestart: "prestart"
        case .createRuntime: "createRuntime"
        case .createContainer: "createContainer"
        case .startContainer: "startContainer"
        case .poststart: "poststart"
        case .poststop: "poststop"
        }
    }

    /// The `status` in the state that such a hook receives.
    var status: State.Status {
        switch self {
        case .prestart, .createRuntime, .createContainer: .creating
        case .startContainer: .created
        case .poststart: .running
        case .poststop: .stopped
        }
    }

    /// Whether a failed hook is only a warning and the next one still runs, since there is nothing left to undo. If
    /// another hook fails, the container ends (runtime.md, "Lifecycle").
    var failureIsWarning: Bool { self == .poststop }

    /// Returns the hooks of this kind in `hooks`.
    func list(in hooks: Hooks) -> [Hook]? {
        switch self {
        case .prestart: hooks.prestart
        case .createRuntime: hooks.createRuntime
        case .createContainer: hooks.createContainer
        case .startContainer: hooks.startContainer
        case .poststart: hooks.poststart
        case .poststop: hooks.poststop
        }
    }
}
