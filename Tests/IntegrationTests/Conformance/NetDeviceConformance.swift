import TestSupport
import Testing

/// Network devices (config-linux.md, "Network Devices").
@Suite("Conformance: network devices", .inMachine, .measured)
struct NetDeviceConformance {
    @Test("config-linux.md, Network Devices: netDevices are available in the container")
    func available() throws {
        try NetDevice.with { name throws in
            let output = try Bundle.output(of: "ls /sys/class/net") { $0["linux"]["netDevices"][name] = [:] }
            #expect(output.lines.contains(name), "\(output)")
        }
    }

    @Test("config-linux.md, Network Devices: name is the device's name in the container")
    func renamed() throws {
        try NetDevice.with { name throws in
            let output = try Bundle.output(of: "ls /sys/class/net") {
                $0["linux"]["netDevices"][name] = ["name": "inside0"]
            }
            #expect(output.lines == ["inside0", "lo"], "\(output)")
        }
    }

    @Test("config-linux.md, Network Devices: a device that cannot be moved is an error")
    func impossible() throws {
        try Bundle.with { bundle throws in try bundle.expectNoContainer { $0["linux"]["netDevices"]["nothing0"] = [:] }
        }
    }

    @Test("config-linux.md, Network Devices: a name that is taken in the container's namespace is an error")
    func taken() throws {
        try NetDevice.with { name throws in
            try Bundle.with { bundle throws in
                try bundle.expectNoContainer { $0["linux"]["netDevices"][name] = ["name": "lo"] }
            }
        }
    }

    @Test("config-linux.md, Network Devices: the kernel chooses the number of a name with %d")
    func template() throws {
        try NetDevice.with { name throws in
            let output = try Bundle.output(of: "ls /sys/class/net") {
                $0["linux"]["netDevices"][name] = ["name": "eth%d"]
            }
            #expect(output.lines == ["eth0", "lo"], "\(output)")
        }
    }

    @Test("config-linux.md, Network Devices: attributes and permanent global addresses of any family are preserved")
    func preserved() throws {
        try NetDevice.with { name throws in
            try NetDevice.ip("link set \(name) mtu 1400 address 02:11:22:33:44:66")
            try NetDevice.ip("addr add 10.21.12.13/24 dev \(name)")
            try NetDevice.ip("-6 addr add fd00:21::13/64 nodad dev \(name)")
            let script = """
                cd /sys/class/net/\(name); cat mtu address
                ip addr show dev \(name) scope global | grep inet | awk '{print $2}' | sort
                """
            let output = try Bundle.output(of: script) { $0["linux"]["netDevices"][name] = [:] }
            #expect(output.lines == ["1400", "02:11:22:33:44:66", "10.21.12.13/24", "fd00:21::13/64"], "\(output)")
        }
    }

    @Test("config-linux.md, Network Devices: the device is up in the container")
    func up() throws {
        try NetDevice.with { name throws in
            let output = try Bundle.output(of: "cat /sys/class/net/\(name)/flags") {
                $0["linux"]["netDevices"][name] = [:]
            }
            let flags = Int(output.lines.first?.dropFirst(2) ?? "", radix: 16)
            #expect((flags ?? 0) & 1 == 1, "\(output)")
        }
    }

    @Test("config-linux.md, Network Devices: the device is not moved out of the namespace before deletion")
    func stays() throws {
        try NetDevice.with { name throws in
            _ = try Bundle.output(of: "true") { $0["linux"]["netDevices"][name] = [:] }
            // A virtual device ends with its namespace.
            #expect(eventually { !NetDevice.isHere(name) })
        }
    }
}
