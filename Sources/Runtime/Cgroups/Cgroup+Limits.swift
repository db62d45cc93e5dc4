import Base
import Linux

extension Cgroup {
    /// Refuses limits that the cgroup is above already; a use that cannot be read is none.
    borrowing func verify(_ checks: [UsageCheck]) throws(Failure) {
        guard !checks.isEmpty, let text = try? read("memory.current"),
            let usage = UInt64(Self.words(text).first ?? "")
        else { return }
        for check in checks { try check.verify(usage: usage) }
    }

    /// Writes the lines in order.
    ///
    /// - Throws: ``Failure`` with the pointer of the line that the kernel refused. What was written before it stays.
    borrowing func write(_ files: [CgroupFile]) throws(Failure) {
        var waiting: CgroupFile?
        for line in files {
            let isLate = try !write(line)
            if let late = waiting { try attempt(late.name, late.value, of: late) }
            waiting = isLate ? line : nil
        }
        if let late = waiting { try attempt(late.name, late.value, of: late) }
    }

    /// - Returns: False where it has to be tried again after the next line.
    private borrowing func write(_ line: CgroupFile) throws(Failure) -> Bool {
        do throws(Failure) {
            try write(line.value, to: line.name)
        } catch {
            switch (line.refusal, error.errno) {
            case (.missingIsFine, .ENOENT): break
            case (.missingMeans(let name, let value), .ENOENT): try attempt(name, value, of: line)
            case (.invalidWaitsForNext, .EINVAL): return false
            default: throw explain(error, name: line.name, value: line.value).at(line.pointer)
            }
        }
        return true
    }

    private borrowing func attempt(_ name: String, _ value: String, of line: CgroupFile) throws(Failure) {
        do throws(Failure) {
            try write(value, to: name)
        } catch { throw explain(error, name: name, value: value).at(line.pointer) }
    }

    // MARK: Devices

    /// Makes `rules` the cgroup's one device filter.
    ///
    /// - Parameter isRestricted: Whether we run rootless or in a user namespace, where the kernel forbids filters and
    ///   devices cannot be made anyway.
    /// - Returns: A warning where the kernel forbade it and that is to be expected.
    borrowing func apply(_ rules: DeviceRules, isRestricted: Bool) throws(Failure) -> ResourceWarning? {
        do throws(Failure) {
            if rules.isUnrestricted {
                if !isNew { try DeviceFilter.detachAll(from: directory) }
            } else {
                let filter = try DeviceFilter(DeviceProgram(rules).instructions)
                if isNew { try filter.attach(toNew: directory) } else { try filter.replaceAll(on: directory) }
            }
            return nil
        } catch {
            let pointer = "/linux/resources/devices"
            // No filter, and none wanted.
            if rules.isUnrestricted { return nil }
            if isRestricted, error.errno == .EPERM || error.errno == .EACCES {
                return ResourceWarning(message: "device rules are not applied: \(error.line)", pointer: pointer)
            }
            let hint: String? =
                switch error.errno {
                case .EPERM, .EACCES: "needs CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN of the first user namespace"
                case .EINVAL: "the kernel needs CONFIG_CGROUP_BPF"
                default: nil
                }
            throw error.during("set the device rules of cgroup \(path.text)").hinting(hint).at(pointer)
        }
    }

    // MARK: What went wrong

    private borrowing func explain(_ error: Failure, name: String, value: String) -> Failure {
        switch error.errno {
        case .ENOENT: return explainMissing(name)
        case .EACCES, .EPERM:
            let owner = (try? file(name, .path).status().uid).map { "; it belongs to uid \($0)" } ?? ""
            return Failure(
                "set \(name) of cgroup \(path.text) to \(value)", cause: error.cause,
                hint: "\(path.onHost)/\(name) may not be written by us\(owner)")
        case let errno:
            return Failure(
                "set \(name) of cgroup \(path.text) to \(value)", cause: error.cause,
                hint: errno.flatMap { Self.hint(for: $0, writing: name) })
        }
    }

    private static func hint(for errno: Errno, writing name: String) -> String? {
        switch (name, errno) {
        case ("cpu.max", .EINVAL): "a quota is 1000 or more, a period 1000 to 1000000 (microseconds)"
        case ("cpuset.cpus", .EINVAL), ("cpuset.mems", .EINVAL): "a list such as 0-3,7"
        case ("cpuset.cpus", .ENODEV), ("cpuset.mems", .ENODEV), ("cpuset.cpus", .ENOSPC), ("cpuset.mems", .ENOSPC):
            "no part of the list is in the parent's"
        case ("io.max", .ENODEV), ("io.weight", .ENODEV), ("io.bfq.weight", .ENODEV):
            "no such block device, or it is a partition"
        default: nil
        }
    }

    /// Why there is no file `name`: the controller is not enabled, or the kernel has no such file.
    ///
    /// The words "no such file or directory" are left out: callers take them to mean the container's program.
    private borrowing func explainMissing(_ name: String) -> Failure {
        let controller = String(name.prefix { $0 != "." })
        guard let enabled = try? read("cgroup.controllers"), !Self.words(enabled).contains(controller),
            controller != "cgroup"
        else {
            return Failure(
                "unified resource \(quoted(name)) can't be set: the kernel has no such file in \(path.onHost)")
        }
        return Failure(
            "unified resource \(quoted(name)) can't be set: controller \"\(controller)\" not available",
            hint: whoGrants(controller))
    }

    /// The first place from the top where the controller is not passed on, and who may change that.
    private borrowing func whoGrants(_ controller: String) -> String? {
        for count in 0..<path.parts.count {
            guard let parent = try? Self.directory(path.prefix(count), below: mount),
                let offered = try? Self.read("cgroup.controllers", of: parent),
                let passed = try? Self.read("cgroup.subtree_control", of: parent)
            else { return nil }
            let place = count == 0 ? Self.mountPoint : "\(Self.mountPoint)/\(path.prefix(count))"
            guard Self.words(offered).contains(controller) else {
                return count == 0
                    ? "the kernel does not offer it in \(place): not built in, switched off, or bound to cgroup v1"
                    : nil
            }
            guard !Self.words(passed).contains(controller) else { continue }
            if let processes = try? Self.read("cgroup.procs", of: parent), !processes.isEmpty, count > 0 {
                return "\(place) has processes of its own and so cannot pass it on"
            }
            let owner = (try? Self.file("cgroup.subtree_control", of: parent, .path).status().uid) ?? 0
            return "uid \(owner) can grant it: echo +\(controller) > \(place)/cgroup.subtree_control"
                + " (under systemd: Delegate=\(controller))"
        }
        return nil
    }
}
