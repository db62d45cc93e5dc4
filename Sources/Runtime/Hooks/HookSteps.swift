import Base
import Linux
import OCI

/// A hook that the host runs while it makes the container.
struct HostHook: HostWork {
    static var word: StaticString { "run-hook" }

    var run: HookRun

    var summary: String { run.summary }

    func perform(_ session: inout HostSide) throws(Failure) {
        let state = session.record.state(run.kind.status, pid: session.pid)
        try run.perform(
            state: Array(state.json(.compact).utf8), in: .none, annotations: session.record.annotations)
    }
}

/// A hook that init runs, in the container's namespaces.
struct InsideHook: InsideWork {
    static var word: StaticString { "run-hook" }

    var run: HookRun
    /// The caller's file mode mask; init itself has none while it makes things.
    var mask: UInt32
    /// Of a hook that runs as the program will.
    var confinement = Confinement()

    var summary: String { run.summary + (confinement.loadsFilter ? ", under the seccomp filter" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let state = session.record.state(run.kind.status, pid: ThisProcess.pid)
        let environment = run.kind == .startContainer ? session.environment.entries : nil
        let bytes = Array(state.json(.compact).utf8)
        // startContainer's hooks stand where the program will; the root's descriptor is closed by then.
        try run.perform(
            state: bytes, environment: environment, in: session.root, umask: mask,
            confinement: confinement.ofSpawn(session.filter), annotations: session.record.annotations)
    }
}

/// Runs the hooks of a kind that belongs to no script: `poststart` and `poststop`.
///
/// - Returns: The failures that are only warnings: those of `poststop`.
/// - Throws: The first other failure.
@discardableResult
func runHooks(_ kind: HookKind, of config: Config, _ record: StateFile) throws(Failure) -> [Failure] {
    let runs = try HookRun.list(kind, in: config.hooks)
    guard !runs.isEmpty else { return [] }
    let state = Array(record.state(kind.status).json(.compact).utf8)
    return try HookRun.performAll(runs, state: state, in: .none, annotations: config.annotations)
}

/// Files that take what hooks write, as crun's annotations name them (crun(1), `run.oci.hooks.stdout`); without them it is only told
/// if the hook fails.
///
/// They are of the host: hooks of `startContainer`, which run in the container's root, have none.
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
