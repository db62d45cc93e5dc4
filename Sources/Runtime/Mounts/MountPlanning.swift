import Base
import Linux
import OCI

/// From an entry of `mounts` to the steps that make it (config.md, "Mounts").
struct MountPlanning {
    /// The bundle's absolute path: relative sources are taken from there.
    var bundle: String
    /// The container's cgroup, below the cgroup2 mount.
    var cgroup: String
    /// Whether init lives in a user namespace of its own.
    var hasUserNamespace: Bool
    /// The group ids the container has; nil where it has the host's.
    var groupMappings: [IDMapping]?
    /// `linux.mountLabel`.
    var label: String?

    /// The step for `mount`, the `index`th of config.json; for a bind whose source the host must open, also that.
    ///
    /// - Throws: ``Failure`` with a pointer below the mount's own.
    func plan(_ mount: Mount, at index: Int, table: inout Int) throws(Failure) -> (open: OpenTree?, step: InsideStep) {
        let options = MountOptions(mount.options ?? [])
        let isBind = options.set.contains(.bind)
        try refuseUnsupported(mount, isBind: isBind, options)
        let target = try Destination.of(mount, isProc: mount.type == "proc" && !isBind)
        if isBind { return try planBind(mount, target, options, &table) }
        if options.set.contains(.remount) { return (nil, .remount(Remount(target: target, options: options))) }
        guard let type = mount.type, !type.isEmpty else {
            throw Failure(
                "mount on \(target): it has no type, and its options do not say bind",
                hint: "for a bind mount add \"bind\" or \"rbind\" to its options")
        }
        if type == "cgroup" || type == "cgroup2" {
            return (nil, .mountCgroup(CgroupMount(target: target, options: options, path: cgroup)))
        }
        var plan = FilesystemMount(type: type, source: mount.source, target: target, options: options)
        plan.isSealedLater = options.set.contains(.readOnly) && (type == "tmpfs" || target == "/dev")
        // proc and sysfs label their files themselves.
        if type != "proc", type != "sysfs" { plan.label = label }
        if type == "devpts" { plan.options.data.removeAll { isUnmappedGroup($0) } }
        return (nil, .mount(plan))
    }

    private func planBind(
        _ mount: Mount, _ target: String, _ options: MountOptions, _ table: inout Int
    ) throws(Failure) -> (open: OpenTree?, step: InsideStep) {
        guard options.data.isEmpty else {
            throw Failure(
                "bind mounts cannot have any filesystem-specific options applied: \(options.data.joined(separator: ","))"
            ).at("/options")
        }
        guard let source = mount.source, !source.isEmpty else {
            throw Failure("a bind mount needs a source")
        }
        guard !source.utf8.contains(0) else { throw Failure("a mount's source must not hold a NUL").at("/source") }
        let absolute = source.utf8.first == UInt8(ascii: "/") ? source : "\(bundle)/\(source)"
        var bind = BindMount(source: absolute, target: target, options: options)
        guard hasUserNamespace else { return (nil, .bind(bind)) }
        bind.opened = table
        let tree = OpenTree(path: absolute, isRecursive: bind.isRecursive, entry: table)
        table += 1
        return (tree, .bind(bind))
    }

    /// devpts takes `gid=5` as a number of the user namespace; one that is not mapped there is EINVAL.
    private func isUnmappedGroup(_ word: String) -> Bool {
        guard let groupMappings, Path.begins(word, with: "gid="), let group = UInt32(word.dropFirst(4)) else {
            return false
        }
        return !groupMappings.contains { $0.containerID <= group && group - $0.containerID < $0.size }
    }

    private func refuseUnsupported(_ mount: Mount, isBind: Bool, _ options: MountOptions) throws(Failure) {
        if mount.uidMappings != nil || mount.gidMappings != nil {
            throw Failure.notYet("id-mapped mounts").at(mount.uidMappings != nil ? "/uidMappings" : "/gidMappings")
        }
        for (number, word) in (mount.options ?? []).enumerated() {
            let name = word.utf8.firstIndex(of: UInt8(ascii: "=")).map { String(word[..<$0]) } ?? word
            switch name {
            case "idmap", "ridmap": throw Failure.notYet("id-mapped mounts").at("/options/\(number)")
            case "tmpcopyup": throw Failure.notYet("the mount option tmpcopyup").at("/options/\(number)")
            default: break
            }
        }
    }
}

extension Failure {
    /// What the spec names and apus cannot do: an error, never silence.
    static func notYet(_ what: String) -> Failure {
        Failure(
            "\(what): not supported by this version of apus", hint: "remove it from config.json, or use a newer apus")
    }
}
