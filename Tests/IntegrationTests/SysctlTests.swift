import Testing

/// `linux.sysctl` (WhatConfigMeans, "Sysctl").
@Suite("Sysctl", .inMachine)
struct SysctlTests {
    @Test("values of the container's own namespaces are set, also below a read-only /proc/sys")
    func set() throws {
        let script =
            "cd /proc/sys; cat kernel/msgmax kernel/shm_rmid_forced fs/mqueue/queues_max net/ipv4/ip_forward net/ipv4/conf/lo/rp_filter"
        let output = try Bundle.output(of: script) {
            $0["linux"]["sysctl"] = [
                "kernel.msgmax": "65536", "kernel.shm_rmid_forced": "1", "fs.mqueue.queues_max": "300",
                "net.ipv4.ip_forward": "1", "net/ipv4/conf/lo/rp_filter": "2",
            ]
        }
        #expect(output.words == ["65536", "1", "300", "1", "2"], "\(output)")
    }

    @Test("the host's own value does not change")
    func host() throws {
        let before = Files.value("/proc/sys/kernel/msgmax")
        _ = try Bundle.output(of: "true") { $0["linux"]["sysctl"] = ["kernel.msgmax": "12345"] }
        #expect(Files.value("/proc/sys/kernel/msgmax") == before)
    }

    @Test("values that would change the host are refused with their place")
    func refused() throws {
        try Bundle.with { bundle in
            func refused(
                _ key: String, unless difference: String? = nil, line: SourceLocation = #_sourceLocation,
                _ edit: (inout JSON) -> Void = { _ in }
            ) throws {
                try bundle.expectRefusal(
                    at: "/linux/sysctl/" + key.replacing("/", with: "~1"), unless: difference, sourceLocation: line
                ) {
                    $0["linux"]["sysctl"] = .object([.init(key: key, value: "1")])
                    edit(&$0)
                }
            }
            try refused("kernel.panic")
            try refused("vm.swappiness")
            try refused("kernel.hostname")
            try refused("net.ipv4.ip_forward") { $0.share("network") }
            try refused("kernel.msgmax") { $0.share("ipc") }
            try refused("net.ipv4.nosuchvalue")
            try refused("net.ipv4/../../kernel/panic")
            // The host's own namespaces by path: its values must not be changed this way either.
            for (key, kind) in [("net.ipv4.ip_forward", "network"), ("kernel.msgmax", "ipc")] {
                try refused(key, unless: "sysctl-by-path") {
                    $0.join(kind, at: "/proc/self/ns/\(NamespaceTests.links[kind] ?? "")")
                }
            }
            #expect(Files.value("/proc/sys/kernel/panic") != "1" && Files.value("/proc/sys/kernel/msgmax") != "1")
        }
    }
}
