@testable import OCI

/// A config.json that has every property of runtime-spec 1.3 for Linux once, each with a different value.
enum WholeConfig {
    static let text = #"""
        {
          "ociVersion": "1.3.0",
          "process": {
            "terminal": true, "consoleSize": {"height": 25, "width": 80},
            "user": {"uid": 1, "gid": 2, "umask": 63, "additionalGids": [5, 6]},
            "args": ["sh", "-c", "true"], "commandLine": "sh.exe", "env": ["A=1", "B="], "cwd": "/root",
            "capabilities": {
              "bounding": ["CAP_KILL"], "effective": ["CAP_CHOWN"], "inheritable": ["CAP_FOWNER"],
              "permitted": ["CAP_SETUID"], "ambient": []
            },
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 18446744073709551615, "soft": 1024}],
            "noNewPrivileges": true, "apparmorProfile": "profile", "oomScoreAdj": -500,
            "scheduler": {
              "policy": "SCHED_DEADLINE", "nice": -3, "priority": 4, "flags": ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_UTIL_CLAMP_MAX"],
              "runtime": 10, "deadline": 11, "period": 12
            },
            "selinuxLabel": "label", "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 7},
            "execCPUAffinity": {"initial": "7", "final": "0-3,7"}
          },
          "root": {"path": "rootfs", "readonly": false},
          "hostname": "host", "domainname": "domain",
          "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {
              "destination": "/data", "type": "none", "source": "/srv", "options": ["rbind", "idmap"],
              "uidMappings": [{"containerID": 0, "hostID": 7, "size": 8}],
              "gidMappings": [{"containerID": 1, "hostID": 9, "size": 10}]
            }
          ],
          "hooks": {
            "prestart": [{"path": "/1"}], "createRuntime": [{"path": "/2", "args": ["a"], "env": [], "timeout": 5}],
            "createContainer": [{"path": "/3"}], "startContainer": [{"path": "/4"}], "poststart": [{"path": "/5"}],
            "poststop": [{"path": "/6"}, {"path": "/7"}]
          },
          "annotations": {"z": "last", "a": "", "m": "1"},
          "linux": {
            "uidMappings": [{"containerID": 1, "hostID": 2, "size": 3}],
            "gidMappings": [{"containerID": 4, "hostID": 5, "size": 6}],
            "sysctl": {"net.ipv4.ip_forward": "1", "kernel.sem": "1 2"},
            "resources": {
              "devices": [{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 10, "minor": -1}],
              "memory": {
                "limit": 1, "reservation": 2, "swap": -1, "kernel": 4, "kernelTCP": 5, "swappiness": 6,
                "disableOOMKiller": true, "useHierarchy": false, "checkBeforeUpdate": true
              },
              "cpu": {
                "shares": 1, "quota": -2, "burst": 3, "period": 4, "realtimeRuntime": 5, "realtimePeriod": 6,
                "cpus": "0-1", "mems": "2", "idle": 1
              },
              "pids": {"limit": -1},
              "blockIO": {
                "weight": 10, "leafWeight": 11, "weightDevice": [{"major": 8, "minor": 1, "weight": 12, "leafWeight": 13}],
                "throttleReadBpsDevice": [{"major": 8, "minor": 2, "rate": 1}],
                "throttleWriteBpsDevice": [{"major": 8, "minor": 3, "rate": 2}],
                "throttleReadIOPSDevice": [{"major": 8, "minor": 4, "rate": 3}],
                "throttleWriteIOPSDevice": [{"major": 8, "minor": 5, "rate": 4}]
              },
              "hugepageLimits": [{"pageSize": "2MB", "limit": 9}],
              "network": {"classID": 1048577, "priorities": [{"name": "eth0", "priority": 500}]},
              "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 4}},
              "unified": {"memory.high": "max", "io.max": "8:0 rbps=1\n"}
            },
            "cgroupsPath": "/a/b", "namespaces": [
              {"type": "pid"}, {"type": "network", "path": "/run/netns/a"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"},
              {"type": "user"}, {"type": "cgroup"}, {"type": "time"}
            ],
            "devices": [{
              "path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 438, "uid": 1, "gid": 2
            }],
            "netDevices": {"eth0": {"name": "inside"}, "eth1": {}},
            "seccomp": {
              "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "architectures": ["SCMP_ARCH_X86_64"],
              "flags": ["SECCOMP_FILTER_FLAG_LOG"], "listenerPath": "/run/agent", "listenerMetadata": "data",
              "syscalls": [{
                "names": ["read", "write"], "action": "SCMP_ACT_TRACE", "errnoRet": 1,
                "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 8, "op": "SCMP_CMP_MASKED_EQ"}]
              }]
            },
            "rootfsPropagation": "slave", "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"],
            "mountLabel": "mounts",
            "intelRdt": {
              "closID": "class", "schemata": ["L3:0=f"], "l3CacheSchema": "L3:0=e", "memBwSchema": "MB:0=20",
              "enableMonitoring": true
            },
            "memoryPolicy": {"mode": "MPOL_INTERLEAVE", "nodes": "2-3", "flags": ["MPOL_F_STATIC_NODES"]},
            "personality": {"domain": "LINUX32", "flags": ["none"]},
            "timeOffsets": {"monotonic": {"secs": -172800, "nanosecs": 1}, "boottime": {"secs": 604800}}
          }
        }
        """#

    static let value = Config(
        ociVersion: "1.3.0", root: Root(path: "rootfs", readonly: false), process: process, hostname: "host",
        domainname: "domain",
        mounts: [
            Mount(destination: "/proc", type: "proc", source: "proc"),
            Mount(
                destination: "/data", type: "none", source: "/srv", options: ["rbind", "idmap"],
                uidMappings: [IDMapping(containerID: 0, hostID: 7, size: 8)],
                gidMappings: [IDMapping(containerID: 1, hostID: 9, size: 10)]),
        ],
        hooks: Hooks(
            prestart: [Hook(path: "/1")], createRuntime: [Hook(path: "/2", args: ["a"], env: [], timeout: 5)],
            createContainer: [Hook(path: "/3")], startContainer: [Hook(path: "/4")], poststart: [Hook(path: "/5")],
            poststop: [Hook(path: "/6"), Hook(path: "/7")]),
        annotations: ["z": "last", "a": "", "m": "1"], linux: linux)

    private static let process = Process(
        terminal: true, consoleSize: ConsoleSize(height: 25, width: 80),
        user: User(uid: 1, gid: 2, umask: 63, additionalGids: [5, 6]), args: ["sh", "-c", "true"],
        commandLine: "sh.exe", env: ["A=1", "B="], cwd: "/root",
        capabilities: CapabilitySets(
            bounding: ["CAP_KILL"], effective: ["CAP_CHOWN"], inheritable: ["CAP_FOWNER"], permitted: ["CAP_SETUID"],
            ambient: []),
        rlimits: [Rlimit(type: "RLIMIT_NOFILE", soft: 1024, hard: .max)], noNewPrivileges: true,
        apparmorProfile: "profile", oomScoreAdj: -500,
        scheduler: Scheduler(
            policy: .deadline, nice: -3, priority: 4, flags: [.reclaim, .utilClampMax], runtime: 10, deadline: 11,
            period: 12),
        selinuxLabel: "label", ioPriority: IOPriority(class: .bestEffort, priority: 7),
        execCPUAffinity: ExecCPUAffinity(initial: "7", final: "0-3,7"))

    private static let linux = LinuxConfig(
        namespaces: [
            Namespace(type: .pid), Namespace(type: .network, path: "/run/netns/a"), Namespace(type: .mount),
            Namespace(type: .ipc), Namespace(type: .uts), Namespace(type: .user), Namespace(type: .cgroup),
            Namespace(type: .time),
        ],
        uidMappings: [IDMapping(containerID: 1, hostID: 2, size: 3)],
        gidMappings: [IDMapping(containerID: 4, hostID: 5, size: 6)],
        timeOffsets: ["monotonic": TimeOffset(secs: -172800, nanosecs: 1), "boottime": TimeOffset(secs: 604800)],
        devices: [
            Device(type: "c", path: "/dev/fuse", major: 10, minor: 229, fileMode: 0o666, uid: 1, gid: 2)
        ],
        netDevices: ["eth0": NetDevice(name: "inside"), "eth1": NetDevice()], cgroupsPath: "/a/b",
        resources: resources, rootfsPropagation: "slave", seccomp: seccomp,
        sysctl: ["net.ipv4.ip_forward": "1", "kernel.sem": "1 2"], maskedPaths: ["/proc/kcore"],
        readonlyPaths: ["/proc/sys"], mountLabel: "mounts",
        intelRdt: IntelRdt(
            closID: "class", schemata: ["L3:0=f"], l3CacheSchema: "L3:0=e", memBwSchema: "MB:0=20",
            enableMonitoring: true),
        personality: Personality(domain: .linux32, flags: ["none"]),
        memoryPolicy: MemoryPolicy(mode: .interleave, nodes: "2-3", flags: [.staticNodes]))

    private static let resources = Resources(
        devices: [DeviceRule(allow: false, access: "rwm"), DeviceRule(allow: true, type: "c", major: 10, minor: -1)],
        memory: MemoryResources(
            limit: 1, reservation: 2, swap: -1, kernel: 4, kernelTCP: 5, swappiness: 6, disableOOMKiller: true,
            useHierarchy: false, checkBeforeUpdate: true),
        cpu: CPUResources(
            shares: 1, quota: -2, burst: 3, period: 4, realtimeRuntime: 5, realtimePeriod: 6, cpus: "0-1", mems: "2",
            idle: 1),
        pids: PidsResources(limit: -1),
        blockIO: BlockIOResources(
            weight: 10, leafWeight: 11, weightDevice: [WeightDevice(major: 8, minor: 1, weight: 12, leafWeight: 13)],
            throttleReadBpsDevice: [ThrottleDevice(major: 8, minor: 2, rate: 1)],
            throttleWriteBpsDevice: [ThrottleDevice(major: 8, minor: 3, rate: 2)],
            throttleReadIOPSDevice: [ThrottleDevice(major: 8, minor: 4, rate: 3)],
            throttleWriteIOPSDevice: [ThrottleDevice(major: 8, minor: 5, rate: 4)]),
        hugepageLimits: [HugepageLimit(pageSize: "2MB", limit: 9)],
        network: NetworkResources(classID: 0x100001, priorities: [InterfacePriority(name: "eth0", priority: 500)]),
        rdma: ["mlx5_1": RdmaResources(hcaHandles: 3, hcaObjects: 4)],
        unified: ["memory.high": "max", "io.max": "8:0 rbps=1\n"])

    private static let seccomp = Seccomp(
        defaultAction: .errno, defaultErrnoRet: 38, architectures: ["SCMP_ARCH_X86_64"],
        flags: ["SECCOMP_FILTER_FLAG_LOG"], listenerPath: "/run/agent", listenerMetadata: "data",
        syscalls: [
            SeccompRule(
                names: ["read", "write"], action: .trace, errnoRet: 1,
                args: [SeccompArgument(index: 5, value: .max, valueTwo: 8, op: .maskedEqual)])
        ])
}
