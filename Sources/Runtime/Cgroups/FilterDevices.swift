import Base
import Linux

/// Restricts which devices the container may use, with a BPF program that is attached to its cgroup.
struct FilterDevices: HostWork {
    static var word: StaticString { "filter-devices" }

    var rules: DeviceRules
    /// Whether a refusal by the kernel is only a warning: in a user namespace the kernel forbids device filters.
    var isOptional: Bool

    var summary: String { "filter devices: \(rules.summary)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        var warning: ResourceWarning?
        guard session.hasCgroup else { return }
        try session.withCgroup { cgroup throws(Failure) in
            warning = try cgroup.apply(rules, isRestricted: isOptional)
        }
        session.warn(warning.map(Failure.init))
    }
}
