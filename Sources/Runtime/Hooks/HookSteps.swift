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
