extension JSON {
    /// What `spec` writes (WhatCallersExpect, "Spec"), except for the terminal, with a writable root, and `/bin/true`.
    static func standard() throws -> JSON {
        var config = try JSON(standardText)
        config["process"]["args"] = ["/bin/true"]
        return config
    }

    private static let standardText = """
        {"ociVersion": "1.0.2",
         "process": {
          "user": {"uid": 0, "gid": 0},
          "args": [],
          "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
          "cwd": "/",
          "capabilities": {
           "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
           "effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
           "permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]},
          "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
          "noNewPrivileges": true},
         "root": {"path": "rootfs"},
         "hostname": "box",
         "mounts": [
          {"destination": "/proc", "type": "proc", "source": "proc"},
          {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
           "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
          {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
           "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
          {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
           "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
          {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]},
          {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
          {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
           "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}],
         "linux": {
          "resources": {"devices": [{"allow": false, "access": "rwm"}]},
          "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"},
           {"type": "cgroup"}],
          "maskedPaths": ["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
           "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi"],
          "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]}}
        """

    // The parts that tests change most.

    /// `process/args`.
    var args: [String] {
        get { self["process"]["args"].strings }
        set { self["process"]["args"] = .words(newValue) }
    }

    /// Lets the container run a script of its shell.
    mutating func shell(_ script: String) { args = ["/bin/sh", "-c", script] }

    /// Gives the process every capability in all sets but ambient.
    mutating func allCapabilities() {
        let names = JSON.words(Capability.names)
        for set in ["bounding", "effective", "permitted"] { self["process"]["capabilities"][set] = names }
    }

    mutating func mount(
        _ destination: String, _ options: [String] = [], type: String? = "tmpfs", source: String? = "tmpfs"
    ) {
        var mount: JSON = ["destination": .string(destination), "options": .words(options)]
        if let type { mount["type"] = .string(type) }
        if let source { mount["source"] = .string(source) }
        self["mounts"].append(mount)
    }

    /// Binds the host's `source` on `destination`.
    mutating func bind(_ source: String, on destination: String, _ options: [String] = ["rbind"]) {
        mount(destination, options, type: "bind", source: source)
    }

    /// Shows the host's programs and their libraries, for a test that needs more than busybox.
    /// ``Bundle/linkLibraries()`` makes their folders.
    mutating func bindPrograms() {
        for folder in ["/usr", "/lib64"] { bind(folder, on: folder, ["rbind", "ro"]) }
    }

    /// Removes the mount on `destination`.
    mutating func unmount(_ destination: String) {
        self["mounts"].filter { $0["destination"] != .string(destination) }
    }

    /// Shares the host's namespace of this kind.
    mutating func share(_ kind: String) {
        self["linux"]["namespaces"].filter { $0["type"] != .string(kind) }
    }

    /// Joins the namespace at `path` instead of making a new one.
    mutating func join(_ kind: String, at path: String) {
        share(kind)
        self["linux"]["namespaces"].append(["type": .string(kind), "path": .string(path)])
    }

    /// A new user namespace in which root is the host's 100000.
    mutating func mapUsers(to host: Int = 100000, count: Int = 65536) {
        self["linux"]["namespaces"].append(["type": "user"])
        let map: JSON = [["containerID": 0, "hostID": .int(host), "size": .int(count)]]
        self["linux"]["uidMappings"] = map
        self["linux"]["gidMappings"] = map
    }
}

/// The kernel's capabilities in the order of their numbers (linux/capability.h, Linux 5.9 and later).
enum Capability {
    static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ].map { "CAP_" + $0 }

    /// The 16 digits that /proc/PID/status shows for a set of names.
    static func mask(_ names: [String]) -> String {
        let bits = names.compactMap { Self.names.firstIndex(of: $0) }.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
