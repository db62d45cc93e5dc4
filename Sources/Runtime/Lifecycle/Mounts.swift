import Base
import Linux
import OCI

/// What `mounts` does with the entries in its file.
public enum MountChange: String, Sendable {
    case add
    case remove
}

/// `mounts add` and `mounts remove`: changes the mounts of a created or running container, as crun does (crun(1),
/// "mounts"). An entry has the form of an entry of `mounts` in config.json; to remove one, its destination is enough.
///
/// Call ``sealProgram(forMounts:in:)`` before.
///
/// Sources come from the host, as at `create`. A procfs cannot be added, because it would show our own pid namespace.
///
/// - Parameter file: Holds an array of entries, or an object with such an array as `mounts`.
/// - Throws: ``Failure``: `container not running`; a mount that cannot be made, in which case none of them is made.
public func change(
    mounts file: String, by change: MountChange, of id: String, in runtime: RuntimeOptions
) throws(Failure) {
    let named = NamedDescriptors([file] + runtime.paths, above: 2)
    let container = try Container.lock(id, in: runtime)
    try container.requireLive()
    let record = container.record
    let config = try container.config()
    var session = try HostSide(trace: try runtime.openTrace())
    session.joined = try record.openInit()
    session.record = record
    session.named = named
    let facts = try HostFacts.read(session.proc)
    try facts.check(hasUserNamespace: record.namespaces.contains { $0.type == .user })
    do throws(Failure) {
        let request = MountsRequest(
            record: record, namespaces: try .apart(from: record, session.proc), linux: config.linux ?? .empty,
            mounts: try readMounts(file))
        let script = try Script(change, request, on: facts)
        try script.perform(&session)
        _ = try session.pidfd.wait()
    } catch {
        if session.pidfd.isOpen { session.pidfd.killChild() }
        var failure = error
        if failure.pointer != nil { failure.document = file }
        throw failure
    }
}

private func readMounts(_ file: String) throws(Failure) -> [Mount] {
    let bytes = try open(file, [.readOnly, .noControllingTerminal]).readAll(limit: Bundle.configLimit, file)
    return try MountList.read(bytes).mounts
}

/// The mounts to change in a container: everything that their script depends on, except the host.
struct MountsRequest {
    let record: StateFile
    /// The kinds of namespace that the container has and that we are not in.
    let namespaces: NamespaceFlags
    /// The container's `linux`, for its mappings and the label of its files.
    let linux: LinuxConfig
    let mounts: [Mount]
}

extension Script {
    /// Makes the script of `mounts`.
    ///
    /// - Throws: The first ``Failure``, with its place in the list.
    init(_ change: MountChange, _ request: MountsRequest, on host: HostFacts) throws(Failure) {
        self.init(environment: try Environment(nil))
        let record = request.record
        guard record.namespaces.contains(where: { $0.type == .mount }) else {
            throw Failure("the container has no mount namespace of its own", code: .missingNamespace)
        }
        preparation.append(Placed(.seal(SealedBinary())))
        var changes = ChangeMounts()
        switch change {
        case .add:
            try add(request, to: &changes, on: host)
        case .remove:
            for (index, mount) in request.mounts.enumerated() {
                changes.removed.append(Placed(Path.cleaned(mount.destination), "/mounts/\(index)"))
            }
        }
        if host.isPrivileged { preparation.append(Placed(.forbidTracing(ForbidTracing()))) }
        birth = CloneInit(joinsInit: true)
        // Joining a pid namespace affects only future children, and this process makes none.
        let joined = request.namespaces.subtracting(.pid).union(.mount)
        if !host.isPrivileged { joint.append(.inside(Placed(.forbidTracing(ForbidTracing())))) }
        joint.append(.inside(Placed(.forgetCaller(ForgetCaller()))))
        let userNamespace = joined.contains(.user) ? record.userNamespace : nil
        joint.append(.inside(Placed(.joinInit(JoinInit(kinds: joined, userNamespace: userNamespace)))))
        if joined.contains(.user) { joint.append(.inside(Placed(.becomeRoot(BecomeRoot())))) }
        joint.append(.inside(Placed(.changeMounts(changes))))
        joint.append(.sync(.ready, from: .inside))
    }

    private mutating func add(_ request: MountsRequest, to changes: inout ChangeMounts, on host: HostFacts)
        throws(Failure)
    {
        let linux = request.linux, record = request.record
        let hasUserNamespace = request.namespaces.contains(.user)
        var planning = MountPlanning(
            bundle: record.bundle, rootfs: record.rootfs, cgroup: record.cgroup ?? "/",
            hasUserNamespace: hasUserNamespace,
            mappings: hasUserNamespace
                ? linux.gidMappings.map { IDMaps(uids: linux.uidMappings ?? [], gids: $0) } : nil,
            label: linux.filesLabel, mayMount: host.mayMount)
        planning.containerExists = true
        for (index, mount) in request.mounts.enumerated() {
            let pointer = "/mounts/\(index)"
            do throws(Failure) {
                var plan = try planning.plan(mount, at: .mount(index))
                if case .mount(var filesystem) = plan.step {
                    guard filesystem.type != "proc" else {
                        throw Failure("a procfs cannot be added to a container", pointer: "/type", code: .notSupported)
                    }
                    // No later step would seal it.
                    filesystem.isSealedLater = false
                    plan.step = .mount(filesystem)
                }
                for placed in plan.host { preparation.append(Placed(placed.step, pointer + placed.pointer)) }
                changes.added.append(Placed(plan.step, pointer))
            } catch {
                throw error.pointing(into: pointer)
            }
        }
    }
}
