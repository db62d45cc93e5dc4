import Base

/// Finds the section of the specification (runtime-spec 1.3) for a place in config.json.
enum SpecSection {
    /// - Parameter pointer: A JSON pointer into config.json.
    /// - Returns: The document and the anchor of the heading: `config-linux.md#namespaces`.
    static func of(_ pointer: String) -> String {
        let names = Path.parts(pointer)
        switch names.first {
        case "linux": return "config-linux.md" + (names.count > 1 ? linux(names) : "")
        case "process": return "config.md#" + process(names.dropFirst())
        case "mounts": return "config.md#" + mounts(names.dropFirst(2))
        case "hooks": return "config.md#posix-platform-hooks"
        case "ociVersion": return "config.md#specification-version"
        case "root": return "config.md#root"
        case "hostname": return "config.md#hostname"
        case "domainname": return "config.md#domainname"
        case "annotations": return "config.md#annotations"
        case "windows", "solaris", "vm", "zos", "freebsd": return "config.md#platform-specific-configuration"
        case nil: return "config.md"
        default: return "config.md#extensibility"
        }
    }

    private static func process(_ names: ArraySlice<String>) -> String {
        switch names.first {
        case "rlimits": "posix-process"
        case "user": "posix-platform-user"
        case "apparmorProfile", "capabilities", "noNewPrivileges", "oomScoreAdj", "scheduler", "selinuxLabel",
            "ioPriority", "execCPUAffinity":
            "linux-process"
        default: "process"
        }
    }

    private static func mounts(_ names: ArraySlice<String>) -> String {
        switch names.first {
        case "options": "linux-mount-options"
        case "type", "uidMappings", "gidMappings": "posix-platform-mounts"
        default: "mounts"
        }
    }

    private static func linux(_ names: [String]) -> String {
        switch names[1] {
        case "namespaces": "#namespaces"
        case "uidMappings", "gidMappings": "#user-namespace-mappings"
        case "timeOffsets": "#offset-for-time-namespace"
        case "devices": "#devices"
        case "netDevices": "#network-devices"
        case "cgroupsPath": "#cgroups-path"
        case "resources": names.count > 2 ? resources(names[2]) : "#control-groups"
        case "rootfsPropagation": "#rootfs-mount-propagation"
        case "seccomp": "#seccomp"
        case "sysctl": "#sysctl"
        case "maskedPaths": "#masked-paths"
        case "readonlyPaths": "#readonly-paths"
        case "mountLabel": "#mount-label"
        case "intelRdt": "#intelrdt"
        case "personality": "#personality"
        case "memoryPolicy": "#memory-policy"
        default: ""
        }
    }

    private static func resources(_ name: String) -> String {
        switch name {
        case "devices": "#allowed-device-list"
        case "memory": "#memory"
        case "cpu": "#cpu"
        case "pids": "#pids"
        case "blockIO": "#block-io"
        case "hugepageLimits": "#huge-page-limits"
        case "network": "#network"
        case "rdma": "#rdma"
        case "unified": "#unified"
        default: "#control-groups"
        }
    }
}
