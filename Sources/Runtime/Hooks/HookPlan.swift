import Base
import OCI

/// The hooks of a container, each kind at its time (config.md, "POSIX-platform Hooks").
struct HookPlan {
    /// prestart and createRuntime: they run in the host's namespaces, when the container's exist and its root is
    /// visible.
    let ofHost: [Placed<HostStep>]
    /// They run in the container's namespaces, with the host's root.
    let createContainer: [Placed<InsideStep>]
    /// They run in the container, after `start` has opened the gate.
    let startContainer: [Placed<InsideStep>]

    /// Also checks the hooks that run after `create`, so that a bad one is an error before anything is made.
    ///
    /// - Parameters:
    ///   - mask: The caller's umask, for hooks that run before the container has its own.
    ///   - process: The process whose umask the startContainer hooks get.
    init(
        _ hooks: Hooks?, mask: UInt32, process: Process, _ confinement: Confinement, _ refuse: Refuse
    ) throws(Failure) {
        let ofHost = try HookRun.list(.prestart, in: hooks, refuse) + HookRun.list(.createRuntime, in: hooks, refuse)
        _ = try HookRun.list(.poststart, in: hooks, refuse)
        _ = try HookRun.list(.poststop, in: hooks, refuse)
        self.ofHost = ofHost.map { host(.runHook(HostHook(run: $0)), $0.pointer) }
        createContainer = try HookRun.list(.createContainer, in: hooks, refuse).map { run in
            inside(.runHook(InsideHook(run: run, mask: mask)), run.pointer)
        }
        let own = process.user.umask ?? UserIdentity.standardUmask
        startContainer = try HookRun.list(.startContainer, in: hooks, refuse).map { run in
            inside(.runHook(InsideHook(run: run, mask: own, confinement: confinement)), run.pointer)
        }
    }
}
