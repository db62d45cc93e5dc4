import Base
import Linux
import OCI

extension Cgroup {
    /// Explains why a line could not be written, with a hint at what to do.
    ///
    /// - Parameters:
    ///   - name: The file that was tried. It may be the second choice (``CgroupWrite/Refusal``).
    ///   - line: What config.json asked for.
    borrowing func explain(_ error: Failure, _ name: String, _ value: String, of line: CgroupWrite) -> Failure {
        let action = "set \(name) of cgroup \(path.text) to \(value)"
        switch error.errno {
        case .ENOENT:
            // This message begins as runc's does, because callers may match on it.
            let isUnified = line.pointer.hasSuffix("/unified/\(JSONPointer.token(line.name))")
            return explainMissing(isUnified ? "unified resource \(quoted(name))" : name, name).at(line.pointer)
        case .EACCES, .EPERM:
            let owner = (try? file(name, .path).status().uid).map { "; it belongs to uid \($0)" } ?? ""
            let hint = "\(path.onHost)/\(name) may not be written by us\(owner)"
            return Failure(action, cause: error.cause, pointer: line.pointer, hint: hint)
        case let errno:
            let hint = errno.flatMap { Self.hint(for: $0, writing: name) }
            return Failure(action, cause: error.cause, pointer: line.pointer, hint: hint)
        }
    }

    private static func hint(for errno: Errno, writing name: String) -> String? {
        switch (name, errno) {
        case ("cpu.max", .EINVAL): "a quota is 1000 or more, a period 1000 to 1000000 (microseconds)"
        case ("cpu.weight", .EINVAL): "while cpu.idle is 1 a weight has no sense"
        case ("cpuset.cpus", .EINVAL), ("cpuset.mems", .EINVAL): "a list such as 0-3,7"
        case ("cpuset.cpus", .ENODEV), ("cpuset.mems", .ENODEV), ("cpuset.cpus", .ENOSPC), ("cpuset.mems", .ENOSPC):
            "no part of the list is in the parent's"
        case ("io.max", .ENODEV), ("io.weight", .ENODEV), ("io.bfq.weight", .ENODEV):
            "no such block device, or it is a partition"
        default: nil
        }
    }

    /// Explains why the file `name` is missing: the controller is not enabled, or the kernel has no such file.
    ///
    /// The message leaves out "no such file or directory": callers take these words to mean the container's program.
    private borrowing func explainMissing(_ wish: String, _ name: String) -> Failure {
        let controller = String(name.prefix { $0 != "." })
        guard let enabled = try? read("cgroup.controllers") else {
            return Failure("\(wish) can't be set: cgroup \(path.text) was removed")
        }
        guard controller != "cgroup", !Self.words(enabled).contains(controller) else {
            return Failure("\(wish) can't be set: the kernel has no such file in \(path.onHost)")
        }
        return Failure(
            "\(wish) can't be set: controller \"\(controller)\" not available", hint: whoGrants(controller))
    }

    /// Finds the first cgroup from the top that does not pass the controller on, and says who may change that.
    private borrowing func whoGrants(_ controller: String) -> String? {
        for count in 0..<path.parts.count {
            guard let parent = try? Self.directory(path.prefix(count), below: mount),
                let offered = try? Self.read("cgroup.controllers", of: parent),
                let passed = try? Self.read("cgroup.subtree_control", of: parent)
            else { return nil }
            let place = count == 0 ? CgroupPath.mountPoint : "\(CgroupPath.mountPoint)/\(path.prefix(count))"
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
