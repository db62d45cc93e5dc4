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
            default: throw explain(error, line.name, line.value, of: line)
            }
        }
        return true
    }

    private borrowing func attempt(_ name: String, _ value: String, of line: CgroupFile) throws(Failure) {
        do throws(Failure) {
            try write(value, to: name)
        } catch { throw explain(error, name, value, of: line) }
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
            // Whoever may not look for filters may not have attached one either.
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
}
