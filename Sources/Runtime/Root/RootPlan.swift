import Base
import Linux
import OCI

/// How the container gets its own root, and which parts of it are hidden or made read-only at the end, decided from
/// config.json.
struct RootPlan {
    /// Checks the rootfs before anything is made.
    let check: Placed<HostStep>
    /// Opens the rootfs in the host, for a container in a user namespace.
    let openTree: Placed<HostStep>?
    /// Makes the rootfs a mount, or only opens it.
    let bind: [Placed<InsideStep>]
    /// Makes the rootfs the root.
    let change: Placed<InsideStep>
    /// Makes the working directory while the root is still writable.
    let workingDirectory: Placed<InsideStep>?
    /// Makes the root read-only.
    let makeReadOnly: Placed<InsideStep>?
    /// `linux.readonlyPaths` and `linux.maskedPaths`.
    let hidePaths: [Placed<InsideStep>]
    /// Sets a root propagation that would have prevented the steps before.
    let setRootPropagation: Placed<InsideStep>?

    /// - Parameters:
    ///   - makesReadOnly: Whether some mounts of the container become read-only at the end.
    ///   - mayMount: Whether the host may open the rootfs for init.
    init(
        _ request: CreateRequest, _ linux: LinuxConfig, _ namespaces: NamespacePlan, makesReadOnly: Bool,
        mayMount: Bool, _ refuse: Refuse
    ) throws(Failure) {
        let config = request.config
        let path = request.rootfs
        let isReadOnly = config.root?.readonly == true
        check = host(.checkRoot(CheckRoot(path: path)), "/root/path")
        makeReadOnly = isReadOnly ? inside(.makeReadOnly(MakeReadOnly()), "/root/readonly") : nil
        let cwd = config.process?.cwd ?? "/"
        workingDirectory =
            (isReadOnly || makesReadOnly) && Path.cleaned(cwd) != "/"
            ? inside(.workingDirectory(WorkingDirectory(path: cwd, isForLater: true)), "/process/cwd") : nil
        guard namespaces.has(.mount) else {
            // Without a mount namespace only the process itself gets a new root.
            bind = [inside(.openRoot(OpenRoot(path: path)), "/root/path")]
            change = inside(.changeRoot(ChangeRoot()), "/root/path")
            (openTree, hidePaths, setRootPropagation) = (nil, [], nil)
            return
        }
        let propagation = try Self.propagation(linux, refuse)
        let isOpened = namespaces.hasUser && mayMount
        openTree =
            isOpened
            ? host(.openTree(OpenTree(path: path, isRecursive: true, slot: .rootfs)), "/root/path") : nil
        bind = Self.binding(path, propagation, linux, isOpened: isOpened)
        change = try Self.changing(propagation, noPivot: request.noPivot, refuse)
        hidePaths = try Self.hiding(linux, refuse)
        setRootPropagation =
            propagation.returnsAfterPivot
            ? inside(.setRootPropagation(SetRootPropagation(propagation: propagation)), "/linux/rootfsPropagation")
            : nil
    }

    private static func propagation(_ linux: LinuxConfig, _ refuse: Refuse) throws(Failure) -> RootPropagation {
        if let propagation = RootPropagation(linux.rootfsPropagation) { return propagation }
        try refuse(
            Failure(
                "unknown rootfsPropagation \(quoted(linux.rootfsPropagation ?? ""))",
                pointer: "/linux/rootfsPropagation",
                hint: "one of private, slave, shared, unbindable, also with r before it", code: .unknownValue))
        return .standard
    }

    @Steps<InsideStep>
    private static func binding(
        _ path: String, _ propagation: RootPropagation, _ linux: LinuxConfig, isOpened: Bool
    ) -> [Placed<InsideStep>] {
        inside(.propagate(propagation), linux.rootfsPropagation == nil ? "" : "/linux/rootfsPropagation")
        inside(
            .bindRoot(
                BindRoot(
                    path: path, isOpened: isOpened, hasSharedParent: !propagation.isolatesAll,
                    isSlave: propagation.kind == .slave && !propagation.isolatesAll)), "/root/path")
    }

    private static func changing(
        _ propagation: RootPropagation, noPivot: Bool, _ refuse: Refuse
    ) throws(Failure) -> Placed<InsideStep> {
        let oldRootIsShared = !propagation.isolatesAll
        guard noPivot else { return inside(.pivot(PivotRoot(oldRootIsShared: oldRootIsShared)), "/root/path") }
        // The old root stays in the container, below the new one. As a private copy it would keep every mount of the
        // host busy.
        if propagation.kind == .private {
            try refuse(
                Failure(
                    "rootfsPropagation of [r]private is not safe with --no-pivot", pointer: "/linux/rootfsPropagation",
                    hint: "use rslave"))
        }
        return inside(.moveRoot(MoveRoot(oldRootIsShared: oldRootIsShared)), "/root/path")
    }

    private static func hiding(_ linux: LinuxConfig, _ refuse: Refuse) throws(Failure) -> [Placed<InsideStep>] {
        var steps: [Placed<InsideStep>] = []
        for (index, path) in (linux.readonlyPaths ?? []).enumerated() {
            let pointer = "/linux/readonlyPaths/\(index)"
            guard let path = try absolute(path, pointer, refuse) else { continue }
            steps.append(inside(.readOnlyPath(ReadOnlyPath(path: path)), pointer))
        }
        var seen: Set<[UInt8]> = []
        for (index, path) in (linux.maskedPaths ?? []).enumerated() {
            let pointer = "/linux/maskedPaths/\(index)"
            guard let path = try absolute(path, pointer, refuse) else { continue }
            guard seen.insert(Array(path.utf8)).inserted else { continue }
            steps.append(inside(.mask(MaskPath(path: path)), pointer))
        }
        return steps
    }

    /// - Returns: nil if the path was refused.
    private static func absolute(_ path: String, _ pointer: String, _ refuse: Refuse) throws(Failure) -> String? {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            try refuse(Failure("\(quoted(path)) is not an absolute path", pointer: pointer, code: .relativePath))
            return nil
        }
        return Path.cleaned(path)
    }
}
