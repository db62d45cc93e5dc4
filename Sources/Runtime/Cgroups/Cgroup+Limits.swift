import Base
import Linux

extension Cgroup {
    /// Refuses limits that the cgroup already exceeds. If its memory use cannot be read, nothing is refused.
    borrowing func verify(_ checks: [UsageCheck]) throws(Failure) {
        guard !checks.isEmpty, let text = try? read("memory.current"),
            let usage = UInt64(Self.words(text).first ?? "")
        else { return }
        for check in checks { try check.verify(usage: usage) }
    }

    /// Writes the lines in order.
    ///
    /// - Throws: ``Failure`` with the pointer of the line that the kernel refused. The lines written before it stay
    ///   written.
    borrowing func write(_ files: [CgroupWrite]) throws(Failure) {
        var waiting: CgroupWrite?
        for line in files {
            let isLate = try !write(line)
            if let late = waiting { try attempt(late.name, late.value, of: late) }
            waiting = isLate ? line : nil
        }
        if let late = waiting { try attempt(late.name, late.value, of: late) }
    }

    /// - Returns: False if the line has to be tried again after the next one.
    private borrowing func write(_ line: CgroupWrite) throws(Failure) -> Bool {
        do throws(Failure) {
            try write(line.value, to: line.name)
        } catch {
            switch (line.refusal, error.errno) {
            case (.skipIfMissing, .ENOENT): break
            case (.ifMissingWrite(let name, let value), .ENOENT): try attempt(name, value, of: line)
            case (.retryAfterNext, .EINVAL): return false
            default: throw explain(error, line.name, line.value, of: line)
            }
        }
        return true
    }

    private borrowing func attempt(_ name: String, _ value: String, of line: CgroupWrite) throws(Failure) {
        do throws(Failure) {
            try write(value, to: name)
        } catch { throw explain(error, name, value, of: line) }
    }

    // MARK: Devices

    /// Makes `rules` the only device filter of the cgroup.
    ///
    /// - Parameter isRestricted: Whether we run in a user namespace. The kernel forbids filters there, and device nodes
    ///   cannot be made anyway.
    /// - Returns: A warning if the kernel forbade the filter and that was to be expected.
    borrowing func apply(_ rules: DeviceRules, isRestricted: Bool) throws(Failure) -> ResourceWarning? {
        do throws(Failure) {
            if rules.isUnrestricted {
                if !isNew { try DeviceFilter.detachAll(from: directory) }
            } else {
                if isNew {
                    try Self.pinned(rules).attach(toNew: directory)
                } else {
                    // A pinned one may be there already, and the kernel refuses to attach it twice.
                    try DeviceFilter(DeviceProgram(rules).instructions).replaceAll(on: directory)
                }
            }
            return nil
        } catch {
            let pointer = "/linux/resources/devices"
            // A caller who may not list filters could not have attached one either, so there is nothing to detach.
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

    private static func pinned(_ rules: DeviceRules) throws(Failure) -> DeviceFilter {
        if let pinned = PinnedDeviceFilters.find(rules) { return pinned }
        let filter = try DeviceFilter(DeviceProgram(rules).instructions)
        PinnedDeviceFilters.keep(filter, of: rules)
        return filter
    }
}
