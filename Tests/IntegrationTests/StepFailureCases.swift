import Glibc
import TestSupport
import Testing

/// A failure for each kind of step, in the order of the steps.
extension StepFailureTests {
    static let cases = hostCases + namespaceCases + rootCases + terminalCases + processCases + execCases

    private static let hostCases = [
        Case(kind: "seal", words: "the runtime's own binary", fault: .call("mount_setattr", "EINVAL")),
        Case(kind: "reopen-null", words: "replace descriptor", fault: .call("dup3")),
        Case(
            kind: "check-root", words: "no such file or directory", pointer: "/root/path",
            edit: { $0["root"]["path"] = "none" }),
        Case(
            kind: "check-kernel",
            words: "selinux label is specified in config, but selinux is disabled or not supported",
            pointer: "/process/selinuxLabel",
            edit: { $0["process"]["selinuxLabel"] = "system_u:system_r:container_t:s0" }),
        Case(kind: "take-id", words: "no space left", fault: .call("mkdirat", "ENOSPC", like: "0700")),
        Case(kind: "make-gate", words: "listen at start.sock", fault: .call("bind"), environment: ["NOTIFY_SOCKET=/x"]),
        Case(
            kind: "open-proc-context", words: "mount tmpfs", pointer: "/mounts/0", fault: .call("fsopen"),
            edit: { $0.join("pid", at: "/proc/self/ns/pid") }),
        Case(
            kind: "unshare", words: "make a namespace", fault: .call("unshare", "ENOSPC"),
            edit: { config in
                config.join("pid", at: "/proc/self/ns/pid")
                config.mapUsers()
            }),
        Case(
            kind: "open-namespace", words: "no such file or directory", pointer: "/linux/namespaces/5",
            edit: { $0.join("network", at: "/run/nothing") }),
        Case(
            kind: "make-cgroup", words: "permission denied", pointer: "/linux/cgroupsPath",
            fault: .call("mkdirat", "EACCES", like: "0755")),
        Case(
            kind: "write-cgroup", words: "cpuset.cpus", pointer: "/linux/resources/cpu/cpus",
            edit: { $0["linux"]["resources"]["cpu"]["cpus"] = "4000" }),
        Case(kind: "filter-devices", words: "rules", pointer: "/linux/resources", fault: .call("bpf", like: "ATTACH")),
        Case(
            kind: "open-tree", words: "no such file or directory", pointer: "/mounts/7/source",
            edit: {
                $0.mapUsers()
                $0.bind("/run/nothing", on: "/x", ["bind", "idmap"])
            }),
        Case(
            kind: "map-tree", words: "map the ids of /proc", pointer: "/mounts/7",
            edit: { config in
                let map: JSON = [["containerID": 0, "hostID": 100000, "size": 10]]
                config["mounts"].append([
                    "destination": "/x", "source": "/proc", "options": ["bind", "idmap"], "uidMappings": map,
                    "gidMappings": map,
                ])
            }),
        Case(
            kind: "compile-seccomp", words: "seccomp", pointer: "/linux/seccomp/syscalls/1",
            edit: { config in
                let condition: JSON = [["index": 0, "value": 1, "op": "SCMP_CMP_EQ"]]
                config["linux"]["seccomp"] = [
                    "defaultAction": "SCMP_ACT_ALLOW",
                    "syscalls": [
                        ["names": ["personality"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": condition],
                        ["names": ["personality"], "action": "SCMP_ACT_KILL_PROCESS", "args": condition],
                    ],
                ]
            }),
        Case(
            kind: "connect-agent", words: "no such file or directory", pointer: "/linux/seccomp/listenerPath",
            edit: { $0["linux"]["seccomp"] = SeccompListenerTests.profile(["mkdir"], agent: "/run/nothing") }),
        Case(
            kind: "hand-over-listener", words: "take descriptor", pointer: "/linux/seccomp/listenerPath",
            fault: .call("pidfd_getfd"),
            // The bundle is the current directory of the connecting process; nobody has to accept.
            edit: { $0["linux"]["seccomp"] = SeccompListenerTests.profile(["mkdir"], agent: "agent") },
            prepare: { ListeningSocket.leave(try ListeningSocket(at: $0.folder + "/agent")) }),
        Case(
            kind: "join-as-host", words: "join the time namespace", pointer: "/linux/namespaces/6",
            fault: .call("setns"), edit: { $0.join("time", at: "/proc/self/ns/time") }),
        Case(
            kind: "new-time-namespace", words: "numerical result out of range",
            pointer: "/linux/timeOffsets/monotonic",
            edit: { config in
                config["linux"]["namespaces"].append(["type": "time"])
                config["linux"]["timeOffsets"]["monotonic"]["secs"] = -1_000_000_000
            }),
        Case(kind: "forbid-tracing", words: "forbid tracing", fault: .call("prctl", like: "PR_SET_DUMPABLE")),
        Case(kind: "clone", words: "first process", fault: .call("clone3", "EAGAIN")),
        Case(
            kind: "return-to-namespace", words: "the host's time namespace", fault: .call("setns", turn: 2),
            edit: { $0.join("time", at: "/proc/self/ns/time") }),
        Case(
            kind: "map-ids", words: "uid_map", pointer: "/linux/uidMappings",
            fault: .call("write", "EINVAL", like: "0 100000 65535"),
            edit: { config in
                config.mapUsers()
                config["linux"]["uidMappings"][0]["size"] = 65535
            }),
        Case(
            kind: "adjust-oom-score", words: "oom_score_adj", pointer: "/process/oomScoreAdj",
            fault: .call("write", "EACCES", like: "\"321\""), edit: { $0["process"]["oomScoreAdj"] = 321 }),
        Case(
            kind: "run-hook", words: "exit status 1", pointer: "/hooks/createRuntime/0",
            edit: { $0["hooks"]["createRuntime"] = [["path": "/bin/false"]] }),
        Case(
            kind: "check-id-maps", words: "the user namespace has other mappings: 0 0 1",
            pointer: "/linux/uidMappings",
            prepare: { bundle in
                let owner = try Program.start(["unshare", "--user", "--map-root-user", "sleep", "60"])
                #expect(eventually { Files.value("/proc/\(owner.pid)/gid_map") == "0          0          1" })
                try bundle.edit { config in
                    config.mapUsers()
                    config.join("user", at: "/proc/\(owner.pid)/ns/user")
                }
            }),
        Case(
            kind: "move-net-device", words: "there is no network device nothing0",
            pointer: "/linux/netDevices/nothing0", edit: { $0["linux"]["netDevices"]["nothing0"] = [:] }),
        Case(
            kind: "schedule", words: "set the scheduler: invalid argument", pointer: "/process/scheduler",
            edit: { $0["process"]["scheduler"]["policy"] = "SCHED_FIFO" }),
        Case(
            kind: "prioritize-io", words: "set the I/O priority", pointer: "/process/ioPriority",
            fault: .call("ioprio_set"),
            edit: { $0["process"]["ioPriority"] = ["class": "IOPRIO_CLASS_RT", "priority": 1] }),
        Case(
            kind: "limit", words: "operation not permitted", pointer: "/process/rlimits/0",
            edit: { config in
                let number: JSON = .number("9223372036854775807")
                config["process"]["rlimits"] = [["type": "RLIMIT_NOFILE", "soft": number, "hard": number]]
            }),
        Case(
            kind: "record-container", words: "no such file or directory", options: ["--pid-file", "ID/none/pid"]),
    ]

    private static let namespaceCases = [
        Case(
            kind: "become-root", words: "invalid argument", pointer: "/linux/uidMappings",
            edit: { config in
                config.mapUsers()
                config["linux"]["gidMappings"] = [["containerID": 1, "hostID": 100000, "size": 10]]
            }),
        Case(kind: "start-session", words: "start a session", fault: .call("setsid")),
        Case(kind: "reset-affinity", words: "allow every processor", fault: .call("sched_setaffinity")),
        Case(
            kind: "join", words: "join the network namespace", pointer: "/linux/namespaces/5", fault: .call("setns"),
            edit: { $0.join("network", at: "/proc/self/ns/net") }),
        Case(
            kind: "new-cgroup-namespace", words: "no space left", pointer: "/linux/namespaces/5",
            fault: .call("unshare", "ENOSPC")),
        Case(kind: "join-keyring", words: "session keyring", fault: .call("keyctl", "EDQUOT")),
        Case(
            kind: "raise-loopback", words: "lo up", pointer: "/linux/namespaces/1",
            fault: .call("ioctl", like: "SIOCSIFFLAGS")),
        Case(
            kind: "open-proc", words: "mount proc", pointer: "/linux/sysctl", fault: .call("fsopen"),
            edit: { $0["linux"]["sysctl"]["net.ipv4.ip_forward"] = "1" }),
        Case(
            kind: "sysctl", words: "no such file or directory", pointer: "/linux/sysctl/net.ipv4.nothing",
            edit: { $0["linux"]["sysctl"]["net.ipv4.nothing"] = "1" }),
        Case(kind: "set-name", words: "set the hostname", pointer: "/hostname", fault: .call("sethostname")),
        Case(
            kind: "set-name", words: "set the domainname", pointer: "/domainname", fault: .call("setdomainname"),
            edit: { $0["domainname"] = "example" }),
    ]

    private static let rootCases = [
        Case(
            kind: "propagate", words: "too many open files", fault: Fault(call: "openat", errno: "EMFILE", path: "/")),
        Case(
            kind: "make-nodes", words: "make the node null", fault: .call("mknodat", "ENOSPC", like: "\"null\""),
            input: .pipe),
        Case(kind: "take-nodes", words: "unmount .", fault: .call("umount2", "EBUSY")),
        Case(kind: "bind-root", words: "the rootfs", pointer: "/root/path", fault: .call("move_mount")),
        Case(
            kind: "open-root", words: "permission denied", pointer: "/root/path",
            edit: { config in
                try withoutMounts(&config)
                config.mapUsers()
            }, prepare: { chmod($0.folder, 0o700) }),
        Case(
            kind: "change-root", words: "make the rootfs the root", pointer: "/root/path", fault: .call("chroot"),
            edit: withoutMounts),
        Case(kind: "mount", words: "no such device", pointer: "/mounts/7", edit: { $0.mount("/x", type: "nothing") }),
        Case(
            kind: "mount-cgroup", words: "cgroup2", pointer: "/mounts/6",
            // With a remount, init opens each filesystem with fsopen, more often than the host.
            fault: .call("fsopen", "ENOMEM", like: "cgroup2"),
            edit: { $0.mount("/dev", ["remount", "nosuid"]) }),
        Case(
            kind: "bind", words: "no such file or directory", pointer: "/mounts/7",
            edit: { $0.bind("/run/nothing", on: "/x") }),
        Case(
            kind: "remount", words: "no such file or directory", pointer: "/mounts/7",
            edit: { $0.mount("/nothing", ["remount", "ro"]) }),
        Case(
            kind: "make-device", words: "something else is there", pointer: "/linux/devices/0",
            edit: { $0["linux"]["devices"] = [["path": "/etc/passwd", "type": "c", "major": 1, "minor": 3]] }),
        Case(kind: "link-devices", words: "no space left", fault: .call("symlinkat", "ENOSPC")),
        Case(
            kind: "move-root", words: "make the rootfs the root", pointer: "/root/path", fault: .call("chroot"),
            options: ["--no-pivot"]),
        Case(kind: "pivot", words: "make the rootfs the root", pointer: "/root/path", fault: .call("pivot_root")),
        Case(
            kind: "set-root-propagation", words: "set the mount flags", pointer: "/linux/rootfsPropagation",
            fault: .call("mount_setattr", like: "MS_UNBINDABLE|after"),
            edit: { $0["linux"]["rootfsPropagation"] = "unbindable" }),
        Case(
            kind: "make-read-only", words: "set the mount flags of /sealed", pointer: "/mounts/7",
            fault: .call("mount_setattr", like: "last"),
            edit: { config in
                config.mount("/sealed", ["ro"])
                config["linux"]["readonlyPaths"] = .null
            }),
        Case(
            kind: "make-read-only", words: "set the mount flags of /:", pointer: "/root/readonly",
            fault: .call("mount_setattr", like: "last"),
            edit: { config in
                config["root"]["readonly"] = true
                config["linux"]["readonlyPaths"] = .null
            }),
        Case(
            kind: "read-only-path", words: "/proc/bus", pointer: "/linux/readonlyPaths/0",
            fault: .call("open_tree", turn: 4)),
        Case(
            kind: "mask", words: "mount /proc/kcore", pointer: "/linux/maskedPaths/0",
            fault: .call("move_mount", like: "last"),
            edit: { $0["linux"]["maskedPaths"] = ["/proc/kcore"] }),
    ]

    private static let terminalCases = [
        Case(
            kind: "check-descriptors", words: "unable to stat preserved-fd 3: bad file descriptor",
            options: ["--preserve-fds", "2"]),
        Case(
            kind: "connect-pidfd-socket", words: "no such file or directory",
            options: ["--pidfd-socket", "ID/nothing"]),
        Case(
            kind: "hand-over-pidfd", words: "send the pidfd to the pidfd socket",
            // this is the host's second call; the first one is for the maps of the user namespace
            fault: .call("sendmsg", "EPIPE", turn: 2), edit: { $0.mapUsers() },
            prepare: { ListeningSocket.leave(try ListeningSocket(at: $0.folder + "/pidfd")) },
            options: ["--pidfd-socket", "ID/pidfd"]),
        Case(
            kind: "make-notify-folder", words: "make the directory notify: disk quota exceeded",
            fault: .call("mkdirat", "EDQUOT", like: "\"notify\""), environment: ["NOTIFY_SOCKET=/run/nothing"]),
        Case(
            kind: "find-terminal", words: "open /dev/tty", pointer: "/process/terminal",
            fault: Fault(call: "openat", errno: "ENXIO", path: "/dev/tty"),
            edit: { $0["process"]["terminal"] = true }),
        Case(
            kind: "connect-console", words: "no such file or directory", pointer: "/process/terminal",
            edit: { $0["process"]["terminal"] = true }, options: ["--detach", "--console-socket", "ID/nothing"]),
        Case(
            kind: "hand-over-terminal", words: "send the terminal to the console socket", pointer: "/process/terminal",
            // this is the host's second call; the first one is for the maps of the user namespace
            fault: .call("sendmsg", "EPIPE", turn: 2),
            edit: { config in
                config["process"]["terminal"] = true
                config.mapUsers()
            }, prepare: { ListeningSocket.leave(try ListeningSocket(at: $0.folder + "/console")) },
            options: ["--detach", "--console-socket", "ID/console"]),
        Case(
            kind: "open-terminal", words: "open a terminal in the container: no such file or directory",
            pointer: "/process/terminal",
            edit: { config in
                config["process"]["terminal"] = true
                config.unmount("/dev/pts")
            }, input: .terminal),
        Case(
            kind: "size-terminal", words: "make the terminal 33 rows by 101 columns", pointer: "/process/consoleSize",
            fault: .call("ioctl", "EFAULT", like: "TIOCSWINSZ"),
            edit: { config in
                config["process"]["terminal"] = true
                config["process"]["consoleSize"] = ["height": 33, "width": 101]
            }, input: .terminal),
        Case(
            kind: "bind-console", words: "a symbolic link is there", pointer: "/process/terminal",
            edit: { $0["process"]["terminal"] = true },
            prepare: { bundle in
                let link = "\(bundle.rootfs)/dev/console"
                try bundle.edit { config in
                    config["hooks"]["createContainer"] = [
                        ["path": "/bin/ln", "args": ["ln", "-s", "/proc/sysrq-trigger", .string(link)]]
                    ]
                }
            }, input: .terminal),
        Case(
            kind: "control-terminal", words: "make the terminal the session's controlling terminal",
            pointer: "/process/terminal",
            fault: .call("ioctl", like: "TIOCSCTTY"), edit: { $0["process"]["terminal"] = true }, input: .terminal),
    ]

    private static let processCases = [
        Case(
            kind: "working-directory", words: "chdir to cwd", pointer: "/process/cwd",
            edit: { $0["process"]["cwd"] = "/etc/passwd" }),
        Case(
            kind: "personality", words: "execution domain", pointer: "/linux/personality",
            fault: .call("personality", "EINVAL"), edit: { $0["linux"]["personality"]["domain"] = "LINUX32" }),
        Case(
            kind: "memory-policy", words: "memory policy", pointer: "/linux/memoryPolicy",
            edit: { $0["linux"]["memoryPolicy"] = ["mode": "MPOL_BIND", "nodes": "500"] }),
        Case(
            kind: "label", words: "AppArmor profile nothing", pointer: "/process/apparmorProfile",
            edit: { $0["process"]["apparmorProfile"] = "nothing" }),
        Case(
            kind: "load-seccomp", words: "load the seccomp filter", pointer: "/linux/seccomp",
            fault: .call("seccomp", "EINVAL"),
            edit: { $0["linux"]["seccomp"] = SeccompListenerTests.profile(["mkdir"], agent: "agent") },
            prepare: { ListeningSocket.leave(try ListeningSocket(at: $0.folder + "/agent")) }),
        Case(
            kind: "bound-capabilities", words: "operation not permitted", pointer: "/process/capabilities/bounding",
            fault: .call("prctl", like: "PR_CAPBSET_DROP")),
        Case(
            kind: "own-streams", words: "to user 1000", pointer: "/process/user",
            fault: .call("fchownat", "EIO"),
            edit: { $0["process"]["user"] = ["uid": 1000, "gid": 1000] }, input: .pipe),
        Case(kind: "become-user", words: "groups", pointer: "/process/user", fault: .call("setgroups")),
        Case(
            kind: "grant-capabilities", words: "capabilities", pointer: "/process/capabilities", fault: .call("capset")),
        Case(
            kind: "forbid-new-privileges", words: "noNewPrivileges", pointer: "/process/noNewPrivileges",
            fault: .call("prctl", "EINVAL", like: "PR_SET_NO_NEW_PRIVS")),
        Case(
            kind: "verify-directory", words: "find the current directory", pointer: "/process/cwd",
            fault: .call("getcwd", "ENOENT", turn: 2), edit: { $0["process"]["cwd"] = "/etc" }),
        Case(
            kind: "find-program", words: "exec: \"nothing\": executable file not found in $PATH",
            pointer: "/process/args/0",
            edit: { $0.args = ["nothing"] }),
        Case(
            kind: "wait-for-start", words: "", fault: .call("accept4", "EIO"),
            environment: ["NOTIFY_SOCKET=/run/nobody"]),
        Case(
            kind: "execute", words: "exec format error", pointer: "/process/args", edit: { $0.args = ["/etc/script"] },
            prepare: { bundle in
                try Files.write(bundle.rootfs + "/etc/script", "echo no interpreter\n")
                chmod(bundle.rootfs + "/etc/script", 0o755)
            }),
    ]

    /// A container that shares the machine's mount namespace, and so can have no mounts.
    @Sendable private static func withoutMounts(_ config: inout JSON) throws {
        config.share("mount")
        config["mounts"] = .null
        config["linux"]["maskedPaths"] = .null
        config["linux"]["readonlyPaths"] = .null
    }
}
