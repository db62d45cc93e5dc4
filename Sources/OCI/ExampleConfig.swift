extension Config {
    /// The configuration that `spec` writes: a shell on a terminal, with few capabilities, in namespaces of its own.
    ///
    /// It has the same properties as the one that runc 1.5 writes, except for the host name.
    public static func example() -> Config {
        Config(
            ociVersion: "1.3.0",
            root: Root(path: "rootfs", readonly: true),
            process: exampleProcess,
            hostname: "apus",
            mounts: exampleMounts,
            linux: LinuxConfig(
                namespaces: [.pid, .network, .ipc, .uts, .mount, .cgroup].map { Namespace(type: $0) },
                resources: Resources(devices: [DeviceRule(allow: false, access: "rwm")]),
                maskedPaths: [
                    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
                    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
                ],
                readonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]))
    }

    /// Changes the configuration for a user without privileges: removes what would need them.
    ///
    /// The container gets a user namespace in which its root is the caller. It keeps the host's network, since an
    /// unprivileged user could not connect a new one to anything. The kernel lets only a process with privileges over
    /// the network namespace mount sysfs, so the host's /sys is bound instead. Ids in mount options are removed because
    /// the map has only one id, and cgroup limits because they cannot be set.
    ///
    /// - Parameters:
    ///   - uid: The caller's effective user id.
    ///   - gid: The caller's effective group id.
    public func rootless(uid: UInt32, gid: UInt32) -> Config {
        var config = self
        config.mounts = mounts?.map { mount in
            if mount.destination == "/sys" {
                return Mount(
                    destination: "/sys", type: "none", source: "/sys",
                    options: ["rbind", "nosuid", "noexec", "nodev", "ro"])
            }
            var mount = mount
            mount.options?.removeAll { $0.hasPrefix("uid=") || $0.hasPrefix("gid=") }
            return mount
        }
        config.linux?.namespaces?.removeAll { $0.type == .network || $0.type == .user }
        config.linux?.namespaces?.append(Namespace(type: .user))
        config.linux?.uidMappings = [IDMapping(containerID: 0, hostID: uid, size: 1)]
        config.linux?.gidMappings = [IDMapping(containerID: 0, hostID: gid, size: 1)]
        config.linux?.resources = nil
        return config
    }

    private static var exampleProcess: Process {
        let capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        return Process(
            terminal: true, user: User(uid: 0, gid: 0), args: ["sh"],
            env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"], cwd: "/",
            capabilities: CapabilitySets(bounding: capabilities, effective: capabilities, permitted: capabilities),
            rlimits: [Rlimit(type: "RLIMIT_NOFILE", soft: 1024, hard: 1024)], noNewPrivileges: true)
    }

    private static var exampleMounts: [Mount] {
        [
            Mount(destination: "/proc", type: "proc", source: "proc"),
            Mount(
                destination: "/dev", type: "tmpfs", source: "tmpfs",
                options: ["nosuid", "strictatime", "mode=755", "size=65536k"]),
            Mount(
                destination: "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            Mount(
                destination: "/dev/shm", type: "tmpfs", source: "shm",
                options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            Mount(
                destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
            Mount(
                destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"]),
            Mount(
                destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
        ]
    }
}
