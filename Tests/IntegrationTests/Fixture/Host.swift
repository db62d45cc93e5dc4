import Glibc

/// The machine that runs the tests, and what they need from it.
enum Host {
    /// Whether this is the throw-away machine of scripts/vm. There, a skipped test would hide something.
    static let isMachine = access("/run/vm/settings", F_OK) == 0

    /// What the suite needs and does not find here, in words; empty in the machine.
    static let missing: [String] = {
        var missing: [String] = []
        if getuid() != 0 { missing.append("root") }
        if access("/sys/fs/cgroup/cgroup.controllers", R_OK) != 0 { missing.append("cgroup v2 at /sys/fs/cgroup") }
        if access(RootTree.busybox, X_OK) != 0 { missing.append("busybox-static") }
        if access(RuntimeUnderTest.path, X_OK) != 0 { missing.append("a runtime ($APUS)") }
        return missing
    }()

    /// Whether the black-box tests can run. They run only in the machine, since a bug of a runtime could destroy files
    /// elsewhere.
    static let isReady = isMachine && missing.isEmpty

    /// Whether `scripts/test --long` asked for the large numbers.
    static let isLong = Environment["APUS_LONG"] == "1"

    /// The top of the source tree when the tests were built. The machine mounts it at the same path.
    static let sources: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(4)
        return "/" + parts.joined(separator: "/")
    }()
}

/// The environment of the test process.
enum Environment {
    /// The value of `name`, or nil if it is not set.
    static subscript(name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
