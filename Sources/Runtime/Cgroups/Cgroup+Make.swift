import Base
import Linux

extension Cgroup {
    /// Makes the container's cgroup with its parents, enables the controllers in them, and looks whether it is fit.
    ///
    /// A cgroup that is there already is taken if it has no process and is not frozen (runtime-spec 1.3,
    /// config-linux.md, "Control groups"). A failure leaves no directory behind that was made here.
    ///
    /// - Parameter controllers: Those that the limits need.
    static func make(_ path: CgroupPath, needing controllers: [String]) throws(Failure) -> Cgroup {
        let mount = try openMount()
        var made: [Int] = []
        do throws(Failure) {
            try makeDirectories(path, below: mount, made: &made)
            let cgroup = Cgroup(
                path: path, directory: try directory(path.relative, below: mount), mount: mount, made: made)
            // Before controllers: what we make of a cgroup that another container lives in would be its too.
            try cgroup.checkUse()
            let enabled = try cgroup.enableControllers()
            try cgroup.checkKind(needing: controllers, enabled: enabled)
            return cgroup
        } catch {
            if let again = try? openMount() { removeDirectories(made, of: path, below: again) }
            throw error
        }
    }

    /// The same for a runtime that may not be allowed to, and whose caller chose no path: without limits it goes on without a
    /// cgroup.
    ///
    /// - Returns: nil if there is no permission and no limit was asked for.
    static func makeIfPermitted(_ path: CgroupPath, needing controllers: [String]) throws(Failure) -> Cgroup? {
        do throws(Failure) {
            return try make(path, needing: controllers)
        } catch {
            guard error.errno == .EACCES || error.errno == .EPERM || error.errno == .EROFS else { throw error }
            guard controllers.isEmpty else {
                throw error.during(
                    "rootless needs no limits + no cgrouppath when no permission is granted for cgroups"
                ).at("/linux/resources")
            }
            return nil
        }
    }

    // MARK: Directories

    /// - Parameter made: How many parts each directory has that was made, those of a failed call too.
    private static func makeDirectories(
        _ path: CgroupPath, below mount: borrowing Descriptor, made: inout [Int]
    ) throws(Failure) {
        // A parent can go away between two calls, when another container's failed creation takes back what it made.
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

    /// - Returns: Whether it is there; false where its parent is not.
    private static func makeDirectory(
        _ path: CgroupPath, _ count: Int, below mount: borrowing Descriptor, made: inout [Int]
    ) throws(Failure) -> Bool {
        do throws(Failure) {
            try mount.mkdirat(path.prefix(count), mode: 0o755)
            made.append(count)
            // Whatever the caller's umask: the container's user reads his limits there.
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
        case .EROFS: "\(mountPoint) is mounted read-only"
        case .EACCES, .EPERM: "only the owner of the parent cgroup may: run as root, or have it delegated to you"
        case .EAGAIN: "a parent's cgroup.max.descendants or cgroup.max.depth is reached"
        default: nil
        }
    }

    /// Removes the directories that were made, the deepest first; one that is in use meanwhile stays.
    static func removeDirectories(_ made: [Int], of path: CgroupPath, below mount: borrowing Descriptor) {
        for count in made.sorted(by: >) { try? mount.unlinkat(path.prefix(count), isDirectory: true) }
    }

    // MARK: Fitness

    /// Refuses a cgroup that somebody lives in, before anything is made.
    ///
    /// - Parameter path: Below the mount: `/parent/name`. Most often there is none.
    static func refuseUsed(at path: String) throws(Failure) {
        do throws(Failure) { _ = try Linux.open("\(mountPoint)\(path)/cgroup.events", .path) } catch
            where error.errno == .ENOENT
        {
            return
        }
        try withRecorded(path) { cgroup throws(Failure) in try cgroup.checkUse() }
    }

    /// Refuses a cgroup that somebody lives in, and one that would hold init still: its own or a parent's freezer.
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

    /// Enables the controllers of the root in every parent.
    ///
    /// Reading is cheap, and writing waits for the kernel to finish with cgroups that were removed; so the writes are left
    /// out where all are enabled already. A controller that cannot be enabled (a parent has processes, or is somebody
    /// else's) is missed only when a file of it is to be written.
    ///
    /// - Returns: The controllers that the cgroup then has.
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

    /// Whether processes may live in the cgroup and the controllers work there (cgroups(7), "Thread mode").
    ///
    /// A cgroup that has a controller of whole processes is an ordinary one; only else its type is asked.
    private borrowing func checkKind(needing controllers: [String], enabled: [String]) throws(Failure) {
        guard enabled.allSatisfy(Self.isThreaded) else { return }
        let needsDomain = !controllers.allSatisfy(Self.isThreaded)
        for count in 1...path.parts.count {
            let level = try Self.directory(path.prefix(count), below: mount)
            let kind = Self.words(try Self.read("cgroup.type", of: level)).joined(separator: " ")
            guard kind != "domain" else { continue }
            guard !needsDomain else {
                throw Failure(
                    "cannot enter cgroupv2 \"\(Self.mountPoint)/\(path.prefix(count))\" with domain controllers -- it is in "
                        + (kind == "domain invalid" ? "an invalid state" : "\(kind) mode"), pointer: "/linux/resources",
                    hint: "a parent has processes or threads of its own; give a cgroupsPath elsewhere")
            }
            if kind == "domain invalid" { try Self.write("threaded", to: "cgroup.type", of: level) }
        }
    }

    /// The controllers that can tell the threads of a process apart; all others know whole processes only.
    private static func isThreaded(_ controller: String) -> Bool {
        switch controller {
        case "cpu", "cpuset", "perf_event", "pids": true
        default: false
        }
    }
}
