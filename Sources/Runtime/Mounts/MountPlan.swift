import Base
import Linux
import OCI

/// The steps for all of `mounts`; ``MountPlanning`` decides each entry.
struct MountPlan {
    /// What the host opens for init before init leaves the host's namespaces.
    private(set) var openSources: [Placed<HostStep>] = []
    private(set) var make: [Placed<InsideStep>] = []
    /// The mounts that become read-only after everything in them has been made.
    private(set) var makeReadOnly: [Placed<InsideStep>] = []
    private(set) var warnings: [Failure] = []

    /// - Parameters:
    ///   - rootfs: The rootfs on the host, absolute.
    ///   - notifyFolder: The mount of the notify socket's folder, if the program can report that it is ready.
    init(
        _ mounts: [Mount], by planning: MountPlanning, rootfs: String, notifyFolder: Mount?, _ refuse: Refuse
    ) throws(Failure) {
        for (index, mount) in mounts.enumerated() {
            let pointer = "/mounts/\(index)"
            do throws(Failure) { add(try planning.plan(mount, at: .mount(index)), pointer) } catch {
                try refuse(error.pointing(into: pointer))
            }
            warn(of: mount, rootfs, pointer)
        }
        if let notifyFolder { add(try planning.plan(notifyFolder, at: .notifyFolder), "") }
        markThoseToRemount()
    }

    /// Without an entry that remounts, init need not remember which filesystems are the container's own.
    private mutating func markThoseToRemount() {
        let hasRemount = make.contains { if case .remount = $0.step { true } else { false } }
        guard !hasRemount else { return }
        for index in make.indices {
            guard case .mount(var mount) = make[index].step else { continue }
            mount.mayBeRemounted = false
            make[index].step = .mount(mount)
        }
    }

    private mutating func add(_ plan: MountPlanning.Plan, _ pointer: String) {
        openSources += plan.host.map { host($0.step, pointer.isEmpty ? "" : pointer + $0.pointer) }
        make.append(inside(plan.step, pointer))
        guard case .mount(let mount) = plan.step, mount.isSealedLater else { return }
        makeReadOnly.append(inside(.makeReadOnly(MakeReadOnly(target: mount.target)), pointer))
    }

    private mutating func warn(of mount: Mount, _ rootfs: String, _ pointer: String) {
        let path = Path.cleaned(mount.destination)
        if !Path.areSame(Destination.inside(rootfs, path), path) {
            warnings.append(
                Failure(
                    "the mount destination \(quoted(mount.destination)) begins with the rootfs's path on the host, which is taken off",
                    pointer: "\(pointer)/destination", code: .deprecated))
        }
        guard let first = mount.destination.utf8.first, first != UInt8(ascii: "/") else { return }
        warnings.append(
            Failure(
                "the mount destination \(quoted(mount.destination)) is not absolute, and is taken from /",
                pointer: "\(pointer)/destination", code: .deprecated))
    }
}

/// Turns an entry of `mounts` into the steps that make it (config.md, "Mounts").
struct MountPlanning {
    /// The bundle's absolute path. Relative sources start there.
    var bundle: String
    /// The rootfs on the host, absolute.
    var rootfs: String
    /// The container's cgroup, below the cgroup2 mount.
    var cgroup: String
    /// The cgroup namespace that init is in.
    var cgroupNamespace = CgroupMount.Namespace.own
    /// Whether init runs in a user namespace of its own.
    var hasUserNamespace: Bool
    /// Whether config.json names that user namespace by a path.
    var joinsUserNamespace = false
    /// Whether the container joins a pid namespace.
    var joinsPIDNamespace = false
    /// The id maps of the container; nil if it has the host's ids.
    var mappings: IDMaps?
    /// The groups that a container in our own user namespace has; nil for all.
    var groups: [IDMapping]?
    /// `linux.mountLabel`.
    var label: String?
    /// Whether the host may open mounts for init.
    var mayMount = true
    /// Whether the host may join namespaces.
    var isPrivileged = true

    /// Whether the container exists already. Then the host opens the sources, since only its mount namespace has them.
    var containerExists = false

    /// The steps for one entry.
    struct Plan: Equatable {
        /// Steps that the host does before init leaves its namespaces, each with the end of its pointer.
        var host: [Placed<HostStep>] = []
        var step: InsideStep
    }

    /// Returns the steps for `mount`.
    ///
    /// - Parameter slot: Where the host leaves what it opens for the mount.
    /// - Throws: ``Failure`` with a pointer below the mount's own.
    func plan(_ mount: Mount, at slot: Slot) throws(Failure) -> Plan {
        let options = MountOptions(mount.options ?? [])
        let isBind = options.set.contains(.bind)
        let target = try Destination.of(
            mount, isProc: mount.type == "proc" && !isBind, in: rootfs)
        if options.copiesLink || options.mountsLink || options.coversLink, !isBind {
            throw Failure(
                "copy-symlink, src-nofollow and dest-nofollow are for a bind mount", pointer: "/options",
                code: .conflict)
        }
        if options.copiesUp, isBind || mount.type != "tmpfs" {
            throw Failure("tmpcopyup is for a tmpfs", pointer: "/options", code: .conflict)
        }
        if isBind { return try planBind(mount, target, options, slot) }
        if isMapped(mount, options) {
            throw Failure(
                "only a bind mount can be id-mapped", pointer: options.idMap == nil ? nil : "/options",
                hint: "mount the filesystem on the host, and bind that", code: .conflict)
        }
        if options.set.contains(.remount) { return Plan(step: .remount(Remount(target: target, options: options))) }
        guard let type = mount.type, !type.isEmpty else {
            throw Failure(
                "mount on \(target): it has no type, and its options do not say bind",
                hint: "for a bind mount add \"bind\" or \"rbind\" to its options", code: .missingCompanion)
        }
        if type == "cgroup" || type == "cgroup2" {
            return Plan(
                step: .mountCgroup(
                    CgroupMount(
                        target: target, options: options, path: cgroup, namespace: cgroupNamespace,
                        hasUserNamespace: hasUserNamespace)))
        }
        var plan = FilesystemMount(type: type, source: mount.source, target: target, options: options)
        if plan.hasOneForAll, let word = options.data.first {
            throw Failure(
                "the kernel has one \(type) for all: the option \(quoted(word)) would change the host's",
                pointer: "/options",
                hint: "leave it out, or set it on the host", code: .conflict)
        }
        plan.isSealedLater = options.set.contains(.readOnly) && (type == "tmpfs" || target == "/dev")
        // The kernel labels the files of proc and sysfs itself.
        if type != "proc", type != "sysfs" { plan.label = label }
        if type == "devpts" { plan.options.data.removeAll { isUnmappedGroup($0) } }
        guard type == "proc", joinsPIDNamespace else { return Plan(step: .mount(plan)) }
        plan.opened = slot
        return Plan(
            host: [
                Placed(.openProcContext(OpenProcContext(slot: slot, joinsUser: joinsUserNamespace && !isPrivileged)))
            ], step: .mount(plan))
    }

    private func planBind(
        _ mount: Mount, _ target: String, _ options: MountOptions, _ slot: Slot
    ) throws(Failure) -> Plan {
        guard options.data.isEmpty else {
            throw Failure(
                "bind mounts cannot have any filesystem-specific options applied: \(options.data.joined(separator: ","))",
                pointer: "/options", code: .conflict)
        }
        guard let source = mount.source, !source.isEmpty else {
            throw Failure("a bind mount needs a source", code: .missingCompanion)
        }
        let absolute = source.utf8.first == UInt8(ascii: "/") ? source : "\(bundle)/\(source)"
        var bind = BindMount(source: absolute, target: target, options: options)
        bind.isMapped = isMapped(mount, options)
        bind.onlyHostSeesSource = containerExists
        let isOpenedByHost = hasUserNamespace && mayMount || bind.isMapped || containerExists
        guard isOpenedByHost else { return Plan(step: .bind(bind)) }
        guard mayMount else {
            throw Failure(
                bind.isMapped
                    ? "an id-mapped mount needs root of the host"
                    : "a bind mount can be added to a container only by root",
                cause: .init(call: "mount_setattr", errno: .EPERM), pointer: bind.isMapped ? "/options" : nil,
                hint: "the kernel wants CAP_SYS_ADMIN over the filesystem, which an ordinary user does not have",
                code: .forbidden)
        }
        bind.opened = slot
        let tree = OpenTree(
            path: absolute, isRecursive: bind.isRecursive, slot: slot, isOptional: !bind.isMapped && !containerExists,
            followsLink: bind.followsLink)
        var plan = Plan(host: [Placed(.openTree(tree), "/source")], step: .bind(bind))
        if bind.isMapped {
            let map = MapTree(
                slot: slot, path: absolute, maps: try maps(of: mount, options),
                isRecursive: options.idMap?.isRecursive ?? false)
            plan.host.append(Placed(.mapTree(map)))
        }
        return plan
    }

    /// Whether the mount is id-mapped. Mappings without the option mean it too, since some callers are older than the
    /// option.
    private func isMapped(_ mount: Mount, _ options: MountOptions) -> Bool {
        options.idMap != nil || mount.uidMappings?.isEmpty == false || mount.gidMappings?.isEmpty == false
    }

    /// Returns the mount's own mappings, or else the container's (config.md, "Mounts", `idmap`).
    private func maps(of mount: Mount, _ options: MountOptions) throws(Failure) -> MapTree.Maps {
        let uids = mount.uidMappings ?? [], gids = mount.gidMappings ?? []
        guard uids.isEmpty == gids.isEmpty else {
            throw Failure("an id-mapped mount needs both uidMappings and gidMappings", code: .missingCompanion)
                .at(uids.isEmpty ? "/gidMappings" : "/uidMappings")
        }
        let ranges: IDMaps?
        do throws(Failure) { ranges = try options.idMap?.maps(uids: mappings?.uids, gids: mappings?.gids) } catch {
            throw error.at("/options")
        }
        guard uids.isEmpty else {
            guard ranges == nil else {
                throw Failure(
                    "an id-mapped mount has uidMappings, or ranges in its options, and not both", pointer: "/options",
                    code: .conflict)
            }
            return .ranges(IDMaps(uids: uids, gids: gids))
        }
        if let ranges { return .ranges(ranges) }
        if joinsUserNamespace { return .joined }
        guard let mappings else {
            throw Failure(
                "an id-mapped mount without mappings needs a user namespace of the container to take them from",
                pointer: "/options", hint: "give it uidMappings and gidMappings", code: .missingCompanion)
        }
        return .ranges(mappings)
    }

    /// Whether `word` is a `gid=` with a group that has no mapping. devpts reads `gid=5` as an id of the user
    /// namespace, and the kernel answers EINVAL if it has no mapping there.
    private func isUnmappedGroup(_ word: String) -> Bool {
        guard let mapped = mappings?.gids ?? groups, Path.begins(word, with: "gid="),
            let group = UInt32(word.dropFirst(4))
        else { return false }
        return !mapped.contains { $0.containerID <= group && group - $0.containerID < $0.size }
    }
}
