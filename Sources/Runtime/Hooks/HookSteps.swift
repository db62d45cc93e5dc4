import Base
import Linux
import OCI

/// Runs a hook in the host while the container is made.
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

/// Runs a hook in init, in the container's namespaces.
struct InsideHook: InsideWork {
    static var word: StaticString { "run-hook" }

    var run: HookRun
    /// The umask of the hook. init itself has 0 while it makes files.
    var mask: UInt32
    /// The confinement of a hook that runs like the program.
    var confinement = Confinement()

    var summary: String { run.summary + (confinement.loadsFilter ? ", under the seccomp filter" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let state = session.record.state(run.kind.status, pid: ThisProcess.pid)
        let environment = run.kind == .startContainer ? session.environment.entries : nil
        let bytes = Array(state.json(.compact).utf8)
        // startContainer's hooks start in the program's directory: the root's descriptor is closed by then.
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
