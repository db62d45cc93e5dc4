import Glibc

/// The machine the tests run on, and what of it they need.
enum Host {
    /// Whether this is the throw-away machine of scripts/vm, where a skipped test would hide something.
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

    /// Whether the black-box tests can run: in the machine alone, since a runtime's bug could eat anything else.
    static let isReady = isMachine && missing.isEmpty

    /// Whether the large numbers are wanted (`scripts/test --long`).
    static let isLong = Environment["APUS_LONG"] == "1"

    /// The top of the source tree, as it was when the tests were built; it is mounted in the machine at the same path.
    static let sources: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(4)
        return "/" + parts.joined(separator: "/")
    }()
}

/// The environment of the test process.
enum Environment {
    /// The value of `name`, or nil where it is not set.
    static subscript(name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }
}
