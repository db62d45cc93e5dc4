import Glibc
import TestSupport

/// What a container may leave behind. The bundle's id, which nothing else contains, identifies it.
enum Leftovers {
    /// The things of `bundle` that exist now, in words.
    static func of(_ bundle: Bundle) -> [String] {
        var left: [String] = []
        // crun's seccomp cache: a name that starts with a dot belongs to the whole folder
        for name in Files.names(bundle.state) where !name.hasPrefix(".") {
            left.append("state \(bundle.state)/\(name)")
        }
        for pid in Processes.all where Processes.traces(pid, of: bundle.id) {
            left.append("process \(Processes.words(pid))")
        }
        let cgroups = Difference.applies("failure-leaves-cgroup") ? [] : cgroups(named: bundle.id)
        for cgroup in cgroups { left.append("cgroup \(cgroup)") }
        guard let mounts = try? Files.bytes("/proc/self/mountinfo"), mounts.contains(text: bundle.id) else {
            return left
        }
        for mount in MountTable.here where mount.line.contains(bundle.id) { left.append("mount \(mount.line)") }
        return left
    }

    /// The cgroups whose name contains `id`, deepest first.
    static func cgroups(named id: String, below folder: String = "/sys/fs/cgroup") -> [String] {
        var found: [String] = []
        for name in Files.names(folder) where Files.isFolder(folder + "/" + name) {
            let path = folder + "/" + name
            found += name.contains(id) ? all(below: path) + [path] : cgroups(named: id, below: path)
        }
        return found
    }

    private static func all(below folder: String) -> [String] {
        Files.names(folder).map { folder + "/" + $0 }.filter(Files.isFolder).flatMap { all(below: $0) + [$0] }
    }

    /// Kills, unmounts and removes everything of `bundle` except its folder.
    static func remove(_ bundle: Bundle) {
        let cgroups = cgroups(named: bundle.id)
        for cgroup in cgroups { try? Files.write(cgroup + "/cgroup.kill", "1") }
        for pid in Processes.all where Processes.traces(pid, of: bundle.id) { kill(pid, SIGKILL) }
        for cgroup in cgroups { _ = eventually(within: 5) { rmdir(cgroup) == 0 || errno != EBUSY } }
        for mount in MountTable.here.reversed() where mount.destination.hasPrefix(bundle.folder) {
            umount2(mount.destination, MNT_DETACH)
        }
    }

    private static let MNT_DETACH: Int32 = 2
}

/// The processes of the machine, from /proc.
enum Processes {
    static var all: [pid_t] { Files.names("/proc").compactMap { pid_t($0) } }

    /// Whether `pid` belongs to `id`: its words, cgroup, root, working directory or program contain it.
    static func traces(_ pid: pid_t, of id: String) -> Bool {
        // a kernel thread has no words, and neither has a zombie
        guard pid != getpid(), let words = try? Files.bytes("/proc/\(pid)/cmdline"), !words.isEmpty else {
            return false
        }
        if words.contains(text: id) { return true }
        if let cgroup = try? Files.bytes("/proc/\(pid)/cgroup"), cgroup.contains(text: id) { return true }
        return ["root", "cwd", "exe"].contains {
            Array((Files.link("/proc/\(pid)/\($0)") ?? "").utf8).contains(text: id)
        }
    }

    /// The letter of its state; nil if it is gone.
    static func state(_ pid: pid_t) -> String? { fields(pid)?.first }

    /// Whether it is gone or a zombie.
    static func isGone(_ pid: pid_t) -> Bool { ["Z", "X", nil].contains(state(pid)) }

    /// The fields of /proc/PID/stat from the third on: state, parent ...
    static func fields(_ pid: pid_t) -> [String]? {
        guard let stat = Files.value("/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else { return nil }
        return stat[stat.index(after: name)...].words
    }

    /// The pids of its children.
    static func children(of pid: pid_t) -> [pid_t] { all.filter { fields($0)?.dropFirst().first == "\(pid)" } }

    static func words(_ pid: pid_t) -> String {
        let line = (Files.value("/proc/\(pid)/cmdline") ?? "").split(separator: "\0").joined(separator: " ")
        return "\(pid) \(state(pid) ?? "gone") \(line) \(Files.value("/proc/\(pid)/cgroup") ?? "")"
    }

    /// A line of /proc/PID/status.
    static func status(_ pid: pid_t, _ field: String) -> String? {
        let lines = (Files.value("/proc/\(pid)/status") ?? "").lines
        return lines.first { $0.hasPrefix(field + ":") }.map { $0.dropFirst(field.count + 1).trimmed }
    }
}
