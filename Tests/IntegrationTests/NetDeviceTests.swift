import Testing

/// `linux.netDevices` (WhatConfigMeans, "Network devices"): dummy devices with names that no other test uses.
@Suite("Network devices", .inMachine, .unless("net-devices"))
struct NetDeviceTests {
    /// The global addresses of a device, as busybox's ip(8) prints them: `10.1.2.3/24`.
    private static let addresses = "ip addr show dev DEVICE scope global | grep inet | awk '{print $2}' | sort"

    @Test(
        "a device is moved and renamed, keeps what it is and its lasting addresses, and is up",
        arguments: [false, true])
    func moved(isMapped: Bool) throws {
        try NetDevice.with { name in
            try NetDevice.ip("link set \(name) mtu 1400 address 02:11:22:33:44:55")
            try NetDevice.ip("addr add 10.11.12.13/24 brd 10.11.12.255 dev \(name)")
            try NetDevice.ip("addr add 10.11.13.13/32 dev \(name)")
            try NetDevice.ip("addr add 10.11.14.13/24 dev \(name) valid_lft 1000 preferred_lft 1000")
            try NetDevice.ip("addr add 10.11.15.13/24 dev \(name) scope link")
            try NetDevice.ip("-6 addr add fd00:11::13/64 nodad dev \(name)")
            try NetDevice.ip("link set \(name) up")
            let script = """
                cd /sys/class/net; ls; cat inside0/mtu inside0/address inside0/flags
                \(Self.addresses.replacing("DEVICE", with: "inside0"))
                """
            let output = try Bundle.output(of: script) {
                if isMapped { $0.mapUsers() }
                $0["linux"]["netDevices"][name] = ["name": "inside0"]
            }
            let lines = output.lines
            #expect(lines.prefix(4) == ["inside0", "lo", "1400", "02:11:22:33:44:55"], "\(output)")
            let flags = lines.dropFirst(4).first.flatMap { Int($0.dropFirst(2), radix: 16) } ?? 0
            #expect(flags & 1 == 1, "not up: \(output)")
            #expect(lines.dropFirst(5) == ["10.11.12.13/24", "10.11.13.13/32", "fd00:11::13/64"], "\(output)")
            // The device ended with its namespace; it is not moved back.
            #expect(!NetDevice.isHere(name) && !NetDevice.isHere("inside0"))
        }
    }

    @Test("without a name, or with an empty one, it keeps its own; several are moved; hooks and sysctls find them")
    func several() throws {
        try NetDevice.with { first in
            try NetDevice.with { second in
                let output = try Bundle.output(
                    of: "ls /sys/class/net; cat /proc/sys/net/ipv4/conf/\(first)/forwarding /seen"
                ) {
                    $0["linux"]["netDevices"][first] = [:]
                    $0["linux"]["netDevices"][second] = ["name": ""]
                    $0["linux"]["sysctl"]["net/ipv4/conf/\(first)/forwarding"] = "1"
                    $0["hooks"]["createContainer"] = [
                        [
                            "path": "/bin/sh",
                            "args": ["sh", "-c", .string("grep -c \(second) /proc/net/dev > seen")],
                        ]
                    ]
                }
                #expect(output.lines == [first, second].sorted() + ["lo", "1", "1"], "\(output)")
                #expect(!NetDevice.isHere(first) && !NetDevice.isHere(second))
            }
        }
    }

    @Test("a name with %d gets the first free number there")
    func template() throws {
        try NetDevice.with { first in
            try NetDevice.with { second in
                try NetDevice.ip("addr add 10.12.0.2/24 dev \(second)")
                let script = "ls /sys/class/net; " + Self.addresses.replacing("DEVICE", with: "eth1")
                let output = try Bundle.output(of: script) {
                    $0["linux"]["netDevices"][first] = ["name": "eth%d"]
                    $0["linux"]["netDevices"][second] = ["name": "eth%d"]
                }
                #expect(output.lines == ["eth0", "eth1", "lo", "10.12.0.2/24"], "\(output)")
            }
        }
    }

    @Test("a device is moved into a joined network namespace even if its number or name is taken there")
    func joined() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { pod in
            try pod.launch()
            try NetDevice.with { name in
                let here = Files.value("/sys/class/net/\(name)/ifindex") ?? ""
                let enter = ["nsenter", "--net=/proc/\(pod.pid)/ns/net", "ip", "link"]
                let taken = try Program.run(
                    enter + ["add", "name", "other0", "index", here, "type", "dummy"])
                #expect(taken.exit == 0, "\(taken.said)")
                try NetDevice.ip("addr add 10.13.0.2/24 dev \(name)")
                try NetDevice.ip("link set \(name) up")
                func join(_ config: inout JSON, as newName: String) {
                    config.join("network", at: "/proc/\(pod.pid)/ns/net")
                    config["linux"]["netDevices"][name] = ["name": .string(newName)]
                }
                try Bundle.with { bundle in
                    try bundle.expectRefusal("has a device other0 already", at: "/linux/netDevices/\(name)/name") {
                        join(&$0, as: "other0")
                    }
                }
                // A refused device is as it was.
                #expect(try NetDevice.ip("-4 -brief addr show dev \(name)").words.dropFirst(2) == ["10.13.0.2/24"])
                #expect(try NetDevice.ip("link show dev \(name)").contains(",UP"))
                let output = try Bundle.output(of: "ls /sys/class/net") { join(&$0, as: "pod0") }
                #expect(output.lines == ["lo", "other0", "pod0"])
                let addresses = try Program.run(
                    enter.dropLast() + ["-4", "-brief", "addr", "show", "dev", "pod0"])
                #expect(addresses.output.words.dropFirst(2) == ["10.13.0.2/24"], "\(addresses.said)")
            }
        }
    }

    @Test("a container that cannot be made leaves the device where it was, if it fails before the hooks")
    func early() throws {
        try NetDevice.with { name in
            try Bundle.with({ $0["linux"]["netDevices"][name] = [:] }) { bundle in
                try bundle.expectRefusal(at: "/mounts/7") { $0.mount("/x", type: "nothing") }
                #expect(NetDevice.isHere(name))
            }
        }
    }

    @Test("impossible devices and names are refused with their place")
    func wrong() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("there is no network device nothing0", at: "/linux/netDevices/nothing0") {
                $0["linux"]["netDevices"]["nothing0"] = [:]
            }
            try bundle.expectRefusal("network namespace", at: "/linux/netDevices") {
                $0.share("network")
                $0["linux"]["netDevices"]["nothing0"] = [:]
            }
            try bundle.expectRefusal("invalid argument", at: "/linux/netDevices/lo") {
                $0["linux"]["netDevices"]["lo"] = ["name": "lo1"]
            }
            for name in ["sixteen-bytes-xx", "a b", "a:b", ".", ".."] {
                try bundle.expectRefusal("not a network device's name", at: "/linux/netDevices/eth0/name") {
                    $0["linux"]["netDevices"]["eth0"] = ["name": .string(name)]
                }
                try bundle.expectRefusal("not a network device's name", at: "/linux/netDevices/\(name)") {
                    $0["linux"]["netDevices"][name] = [:]
                }
            }
            try bundle.expectRefusal("not a network device's name", at: "/linux/netDevices/a~1b") {
                $0["linux"]["netDevices"]["a/b"] = [:]
            }
            try bundle.expectRefusal("two network devices", at: "/linux/netDevices/eth1/name") {
                $0["linux"]["netDevices"]["eth0"] = ["name": "same0"]
                $0["linux"]["netDevices"]["eth1"] = ["name": "same0"]
            }
        }
    }
}
