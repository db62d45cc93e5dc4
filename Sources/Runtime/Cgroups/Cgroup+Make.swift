import Base
import Linux

extension Cgroup {
    /// Makes the container's cgroup and its parents, enables the controllers in the parents, and checks that the cgroup
    /// can be used.
    ///
    /// An existing cgroup is used if it has no process and is not frozen (runtime-spec 1.3, config-linux.md, "Control
    /// groups"). If this fails, every directory that it made is removed again.
    ///
    /// - Parameters:
    ///   - controllers: The controllers that the limits need.
    ///   - own: Our own cgroup, if it is to be checked that a process may move from there.
    static func make(
        _ path: CgroupPath, needing controllers: [String], from own: String? = nil
    ) throws(Failure) -> Cgroup {
        let mount = try openMount()
        var made: [Int] = []
        do throws(Failure) {
            try makeDirectories(path, below: mount, made: &made)
            let cgroup = Cgroup(
                path: path, directory: try directory(path.relative, below: mount), mount: mount, made: made)
            // This comes before the controllers: if another container lives in the cgroup, enabling them would change
            // its cgroup too.
            try cgroup.checkUse()
            if let own { try cgroup.checkEntry(from: own) }
            let enabled = try cgroup.enableControllers()
            try cgroup.checkKind(needing: controllers, enabled: enabled)
            return cgroup
        } catch {
            if let again = try? openMount() { removeDirectories(made, of: path, below: again) }
            throw error
        }
    }

    /// Makes the cgroup as ``make(_:needing:)`` does, for a caller who chose no path. If the mount is read-only, or if
    /// permission is missing and the runtime is rootless, and no limit was asked for, the container goes on without a
    /// cgroup.
    ///
    /// - Returns: nil if permission is missing and no limit was asked for.
    static func makeIfPermitted(
        _ path: CgroupPath, needing controllers: [String], isRootless: Bool, from own: String? = nil
    ) throws(Failure) -> Cgroup? {
        do throws(Failure) {
            return try make(path, needing: controllers, from: own)
        } catch {
            guard error.errno == .EROFS || isRootless && (error.errno == .EACCES || error.errno == .EPERM) else {
                throw error
            }
            guard controllers.isEmpty else {
                guard isRootless else { throw error }
                throw error.during(
                    "rootless needs no limits + no cgrouppath when no permission is granted for cgroups"
                ).at("/linux/resources").forbidding(controllers)
            }
            return nil
        }
    }

    /// Opens the cgroup that systemd has just made for the container, as a new one.
    ///
    /// - Parameter controllers: The controllers that the limits need. systemd enables only those that it knows.
    /// - Returns: nil if there is no such cgroup.
    static func openMade(_ path: CgroupPath, needing controllers: [String]) throws(Failure) -> Cgroup? {
        let mount = try openMount()
        let directory: Descriptor
        do throws(Failure) { directory = try Self.directory(path.relative, below: mount) } catch
            where error.errno == .ENOENT
        { return nil }
        let cgroup = Cgroup(path: path, directory: directory, mount: mount, made: [path.parts.count])
        let enabled = try cgroup.enableControllers()
        try cgroup.checkKind(needing: controllers, enabled: enabled)
        return cgroup
    }

    // MARK: Directories

    /// - Parameter made: For each directory that was made, how many parts its path has. A failed call fills it in too.
    private static func makeDirectories(
        _ path: CgroupPath, below mount: borrowing Descriptor, made: inout [Int]
    ) throws(Failure) {
        // A parent can vanish between two calls: another container whose creation failed removes what it made.
        var attempts = 8
        while true {
            if try makeDirectory(path, path.parts.count, below: mount, made: &made) { return }
            attempts -= 1
            guard attempts > 0 else {
                throw Failure("make the cgroup \(path.text): its parents are removed as fast as they are made")
            }
            for count in 1..<path.parts.count {
                guard try makeDirectory(path, count, below: mount, made: &made) else { break }
            }
        }
    }

    /// - Returns: Whether the directory exists now; false if its parent does not exist.
    private static func makeDirectory(
        _ path: CgroupPath, _ count: Int, below mount: borrowing Descriptor, made: inout [Int]
    ) throws(Failure) -> Bool {
        do throws(Failure) {
            try mount.mkdirat(path.prefix(count), mode: 0o755)
            made.append(count)
            // The mode must not depend on the caller's umask: the container's user reads its limits here.
            if ThisProcess.currentMask() & 0o055 != 0 {
                try mount.fchmodat(path.prefix(count), mode: 0o755)
            }
            return true
        } catch  where error.errno == .EEXIST {
            return true
        } catch  where count > 1 && (error.errno == .ENOENT || error.errno == .ENODEV) {
            return false
        } catch {
            throw Failure("make the cgroup /\(path.prefix(count))", cause: error.cause, hint: hint(for: error.errno))
        }
    }

    private static func hint(for errno: Errno?) -> String? {
        switch errno {
        case .EROFS: "\(CgroupPath.mountPoint) is mounted read-only"
        case .EACCES, .EPERM: "only the owner of the parent cgroup may: run as root, or have it delegated to you"
        case .EAGAIN: "a parent's cgroup.max.descendants or cgroup.max.depth is reached"
        default: nil
        }
    }

    /// Removes the directories that were made, the deepest first. A directory that is in use by now stays.
    static func removeDirectories(_ made: [Int], of path: CgroupPath, below mount: borrowing Descriptor) {
        for count in made.sorted(by: >) { try? mount.unlinkat(path.prefix(count), isDirectory: true) }
    }

    // MARK: Fitness

    /// Checks that a process may move from our own cgroup into this one: the kernel asks for the right to write
    /// cgroup.procs of the nearest cgroup above both (cgroups(7), "Cgroups v2 delegation").
    private borrowing func checkEntry(from own: String) throws(Failure) {
        let ours = (try? CgroupPath(recorded: own))?.parts ?? []
        var count = 0
        while count < min(ours.count, path.parts.count), ours[count] == path.parts[count] { count += 1 }
        let above = try Self.directory(path.prefix(count), below: mount)
        do throws(Failure) { _ = try Self.file("cgroup.procs", of: above, .writeOnly) } catch {
            let place = count == 0 ? CgroupPath.mountPoint : "\(CgroupPath.mountPoint)/\(path.prefix(count))"
            throw Failure(
                "enter the cgroup \(path.text): \(place)/cgroup.procs", cause: error.cause,
                hint: "run apus from a cgroup that was delegated to you together with this one")
        }
    }

    /// Refuses a cgroup that has processes, before anything is made.
    ///
    /// - Parameter path: The path below the mount: `/parent/name`. Usually the cgroup does not exist yet.
    static func refuseUsed(at path: String) throws(Failure) {
        do throws(Failure) { _ = try Linux.open("\(CgroupPath.mountPoint)\(path)/cgroup.events", .path) } catch
            where error.errno == .ENOENT
        {
            return
        }
        try withRecorded(path) { cgroup throws(Failure) in try cgroup.checkUse() }
    }

    /// Refuses a cgroup that has processes, and one that would freeze init, by its own freezer or that of a parent.
    private borrowing func checkUse() throws(Failure) {
        let events = try read("cgroup.events")
        guard Self.number(of: "frozen", in: events) != 1 else {
            throw Failure(
                "container's cgroup unexpectedly frozen", hint: "thaw \(path.onHost) or the parent that is frozen")
        }
        guard !isNew, Self.number(of: "populated", in: events) == 1 else { return }
        let count = try processes().count
        guard count == 0 else {
            throw Failure(
                "container's cgroup is not empty: \(count) process(es) found",
                pointer: "/linux/cgroupsPath", hint: "\(path.onHost) is in use; give a path of the container's own")
        }
    }

    /// Enables all controllers of the root in every parent of the cgroup.
    ///
    /// Reading is cheap, but a write waits until the kernel has finished with removed cgroups. So nothing is written if
    /// all controllers are enabled already. If a controller cannot be enabled (a parent has processes, or belongs to
    /// another user), this does not fail; writing one of the controller's files fails later.
    ///
    /// - Returns: The controllers that the cgroup has afterwards.
    private borrowing func enableControllers() throws(Failure) -> [String] {
        let wanted = try Self.read("cgroup.controllers", of: mount)
        guard try read("cgroup.controllers") != wanted else { return Self.words(wanted) }
        for count in 0..<path.parts.count {
            let parent = try Self.directory(path.prefix(count), below: mount)
            let enabled = Self.words(try Self.read("cgroup.subtree_control", of: parent))
            let missing = Self.words(try Self.read("cgroup.controllers", of: parent)).filter { !enabled.contains($0) }
            guard !missing.isEmpty else { continue }
            do throws(Failure) {
                try Self.write(
                    missing.map { "+\($0)" }.joined(separator: " "), to: "cgroup.subtree_control", of: parent)
            } catch {
                for controller in missing {
                    try? Self.write("+\(controller)", to: "cgroup.subtree_control", of: parent)
                }
            }
        }
        return Self.words(try read("cgroup.controllers"))
    }

    /// Checks that processes may live in the cgroup and that the controllers work there (cgroups(7), "Thread mode").
    ///
    /// A cgroup that has a controller for whole processes is an ordinary one (a "domain"). Its type is read only if it
    /// has none.
    private borrowing func checkKind(needing controllers: [String], enabled: [String]) throws(Failure) {
        guard enabled.allSatisfy(Self.isThreaded) else { return }
        let needsDomain = !controllers.allSatisfy(Self.isThreaded)
        for count in 1...path.parts.count {
            let level = try Self.directory(path.prefix(count), below: mount)
            let kind = Self.words(try Self.read("cgroup.type", of: level)).joined(separator: " ")
            guard kind != "domain" else { continue }
            guard !needsDomain else {
                throw Failure(
                    "cannot enter cgroupv2 \"\(CgroupPath.mountPoint)/\(path.prefix(count))\" with domain controllers -- it is in "
                        + (kind == "domain invalid" ? "an invalid state" : "\(kind) mode"), pointer: "/linux/resources",
                    hint: "a parent has processes or threads of its own; give a cgroupsPath elsewhere")
            }
            if kind == "domain invalid" { try Self.write("threaded", to: "cgroup.type", of: level) }
        }
    }

    /// Whether the controller can tell the threads of a process apart. All other controllers know whole processes only.
    private static func isThreaded(_ controller: String) -> Bool {
        switch controller {
        case "cpu", "cpuset", "perf_event", "pids": true
        default: false
        }
    }
}

extension Cgroup {
    /// Gives the cgroup to the user that the container's process runs as, so that the container can make cgroups of its
    /// own below it (runtime-spec 1.3, config-linux.md, "Cgroup ownership"). The host does this if the container has
    /// its own cgroup namespace and mounts its cgroup writable.
    ///
    /// Only the directory and the files in the kernel's list /sys/kernel/cgroup/delegate change owner. If the limit
    /// files (`memory.max` and the like) did too, the container could raise its own limits.
    ///
    /// - Parameter uid: The user, as the host numbers it.
    borrowing func delegate(to uid: UInt32) throws(Failure) {
        try directory.fchownat(uid: uid, gid: Self.unchanged, "cgroup \(path.text)")
        for name in Self.delegatedFiles() {
            do throws(Failure) {
                try file(name, .path).fchownat(uid: uid, gid: Self.unchanged, "\(name) of cgroup \(path.text)")
            } catch  where error.errno == .ENOENT {
                // Not every cgroup has every file.
            }
        }
    }

    /// A gid of -1 leaves the group as it is (chown(2)).
    private static let unchanged = UInt32.max

    private static func delegatedFiles() -> [String] {
        guard let file = try? Linux.open("/sys/kernel/cgroup/delegate", .readOnly),
            let list = try? file.readAll(limit: 4096, "the files to delegate")
        else { return ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] }
        return words(String(decoding: list, as: UTF8.self)).filter { !$0.utf8.contains(UInt8(ascii: "/")) }
    }
}

extension Failure {
    /// Adds who can help an ordinary user whose limits need a cgroup.
    fileprivate func forbidding(_ controllers: [String]) -> Failure {
        var copy = self
        let words = controllers.joined(separator: " ")
        copy.hint =
            "the limits need the controller\(controllers.count == 1 ? "" : "s") \(words) in a cgroup of your own: "
            + "with systemd, run apus by systemd-run --user --scope --property=Delegate=yes (root decides on the "
            + "controllers: Delegate=\(words) of user@.service); without, root delegates one by chown of the directory, "
            + "its cgroup.procs and cgroup.subtree_control, and starts you there"
        return copy
    }
}
