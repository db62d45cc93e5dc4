import Base
import Linux
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

/// Runs one hook and waits until it ends.
struct HookRun: Equatable {
    var kind: HookKind
    /// Its place in the list of its kind, from 0.
    var index: Int
    var hook: Hook

    /// Returns all hooks of one kind, in their order.
    ///
    /// - Throws: What `refuse` throws: ``Failure`` with the pointer of a path that is not absolute, a timeout that is
    ///   not above 0 (the spec: MUST, both), or a text with a NUL.
    static func list(
        _ kind: HookKind, in hooks: Hooks?, _ refuse: Refuse = throwing
    ) throws(Failure) -> [HookRun] {
        var list: [HookRun] = []
        for (index, hook) in (hooks.flatMap { kind.list(in: $0) } ?? []).enumerated() {
            let run = HookRun(kind: kind, index: index, hook: hook)
            try run.check(refuse)
            list.append(run)
        }
        return list
    }

    /// `/hooks/createRuntime/0`
    var pointer: String { "/hooks/\(kind.word)/\(index)" }

    var summary: String { "\(kind.word) hook #\(index): \(hook.path)" }

    /// Runs the hook.
    ///
    /// - Parameters:
    ///   - state: The container's state as JSON, for the hook's standard input.
    ///   - environment: Its environment if it has no `env`: the container's for `startContainer`; nil for the
    ///     runtime's own.
    ///   - directory: The directory it starts in: the rootfs for `createContainer`, the bundle for hooks of the host;
    ///     `Descriptor.none` for the current directory.
    ///   - umask: Its umask; nil leaves the runtime's. The container's first process works with 0, so a hook that it
    ///     runs must be given the caller's.
    ///   - confinement: What it is confined by before it begins.
    ///   - annotations: The container's, which may name files for its output.
    /// - Throws: ``Failure`` beginning with `error running KIND hook #N: `, with what the hook wrote, at ``pointer``.
    func perform(
        state: [UInt8], environment: [String]? = nil, in directory: borrowing Descriptor, umask: UInt32? = nil,
        confinement: Spawn.Confinement = .init(), annotations: Annotations? = nil
    ) throws(Failure) {
        var spawn = Spawn(
            path: hook.path, arguments: hook.args.flatMap { $0.isEmpty ? nil : $0 } ?? [hook.path],
            environment: hook.env ?? environment, input: state, timeout: nanoseconds, umask: umask)
        spawn.confinement = confinement
        let outcome: Spawn.Outcome
        do throws(Failure) {
            let files = try HookOutput.of(kind, annotations)
            outcome = try spawn.run(in: directory, output: files.output, errors: files.errors)
        } catch {
            throw error.during("error running \(kind.word) hook #\(index)").at(pointer)
        }
        if let failure = failure(of: outcome) { throw failure }
    }

    /// Runs a list of hooks of one kind, as ``perform(state:environment:in:umask:confinement:annotations:)`` does.
    ///
    /// - Returns: The failures that are only warnings (``HookKind/failureIsWarning``).
    /// - Throws: The first other ``Failure``; the hooks after it do not run.
    static func performAll(
        _ runs: [HookRun], state: [UInt8], environment: [String]? = nil, in directory: borrowing Descriptor,
        umask: UInt32? = nil, annotations: Annotations? = nil
    ) throws(Failure) -> [Failure] {
        var warnings: [Failure] = []
        for run in runs {
            do throws(Failure) {
                try run.perform(
                    state: state, environment: environment, in: directory, umask: umask, annotations: annotations)
            } catch {
                guard run.kind.failureIsWarning else { throw error }
                warnings.append(error)
            }
        }
        return warnings
    }

    /// Turns a hook's end into a failure; nil for exit status 0 in time.
    func failure(of outcome: Spawn.Outcome) -> Failure? {
        let words: String
        if outcome.ranOutOfTime {
            words = "hook ran past specified timeout of \(hook.timeout ?? 0).0s"
        } else {
            switch outcome.end {
            case .exited(0): return nil
            case .exited(let status): words = "exit status \(status)"
            case .signalled(let signal): words = "ended by signal \(signal)"
            case nil: words = "it cannot be ended"
            }
        }
        let output = Self.trimmed(outcome.output), errors = Self.trimmed(outcome.errors)
        return Failure(
            "error running \(kind.word) hook #\(index): \(words), stdout: \(output), stderr: \(errors)",
            pointer: pointer, code: outcome.ranOutOfTime ? .timedOut : .hookFailed)
    }

    private func check(_ refuse: Refuse) throws(Failure) {
        if hook.path.utf8.first != UInt8(ascii: "/") {
            try refuse(
                Failure("the path of a hook must be absolute", pointer: "\(pointer)/path", code: .relativePath))
        }
        if let timeout = hook.timeout, timeout <= 0 {
            try refuse(
                Failure(
                    "the timeout of a hook must be above 0, not \(timeout)", pointer: "\(pointer)/timeout",
                    code: .outOfRange))
        }
        if hook.path.utf8.contains(0) {
            try refuse(Failure("a path with a NUL", pointer: "\(pointer)/path", code: .nulCharacter))
        }
        for (index, text) in (hook.args ?? []).enumerated() where text.utf8.contains(0) {
            try refuse(Failure("an argument with a NUL", pointer: "\(pointer)/args/\(index)", code: .nulCharacter))
        }
        for (index, text) in (hook.env ?? []).enumerated() where text.utf8.contains(0) {
            try refuse(
                Failure("an environment entry with a NUL", pointer: "\(pointer)/env/\(index)", code: .nulCharacter))
        }
    }

    /// nil for no timeout. One of more than 30 years counts as none.
    private var nanoseconds: Int64? {
        guard let timeout = hook.timeout, timeout < 1_000_000_000 else { return nil }
        return Int64(timeout) * 1_000_000_000
    }

    /// Returns the text without the newlines at its end.
    private static func trimmed(_ text: String) -> Substring {
        var rest = Substring(text)
        while let last = rest.last, last.isNewline { rest.removeLast() }
        return rest
    }
}

/// Files for the output of hooks, named by crun's annotations (crun(1), `run.oci.hooks.stdout`). Without them the
/// output only appears in the error of a failed hook.
///
/// The files are the host's, so hooks of `startContainer`, which run in the container's root, have none.
struct HookOutput: ~Copyable {
    static let standardOutput = "run.oci.hooks.stdout"
    static let standardError = "run.oci.hooks.stderr"

    let output: Descriptor
    let errors: Descriptor

    /// - Throws: ``Failure`` of `open`, at the annotation.
    static func of(_ kind: HookKind, _ annotations: Annotations?) throws(Failure) -> HookOutput {
        let annotations = kind == .startContainer ? nil : annotations
        let output = try open(annotations?[standardOutput], standardOutput)
        return HookOutput(output: output, errors: try open(annotations?[standardError], standardError))
    }

    private static func open(_ path: String?, _ annotation: String) throws(Failure) -> Descriptor {
        guard let path, !path.isEmpty else { return .none }
        do throws(Failure) {
            return try Linux.open(path, [.writeOnly, .create, .append, .noControllingTerminal], mode: 0o600)
        } catch {
            throw error.at("/annotations/\(annotation)")
        }
    }
}
