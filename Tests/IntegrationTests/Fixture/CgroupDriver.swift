import Testing

/// Who makes the cgroups of the containers under test: the runtime, or systemd (`$APUS_DRIVER`).
enum CgroupDriver {
    case files
    case systemd

    static let now: CgroupDriver = Environment["APUS_DRIVER"] == "systemd" ? .systemd : .files

    /// The options of the runtime that choose it.
    var options: [String] {
        switch self {
        case .files: []
        case .systemd: ["--systemd-cgroup"]
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// For a test of paths that systemd does not have.
    static var byFiles: Self {
        .enabled(if: CgroupDriver.now == .files, "with systemd the path of the cgroup is not the caller's choice")
    }

    /// For what systemd does; the test says itself that it shall make the cgroup.
    static var bySystemd: Self {
        .enabled(if: CgroupDriver.now == .systemd, "runs in the machine whose process 1 is systemd")
    }
}
