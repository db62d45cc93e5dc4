import Base
import OCI

/// The device rules that every container gets after its own; a caller cannot switch them off.
///
/// They apply even if config.json has no `resources` at all. Debian's runc 1.1.5 has the same rules, on a base of "deny
/// all".
enum DefaultDeviceRules {
    /// An access that is allowed to some devices.
    struct Rule: Equatable {
        var pattern: DevicePattern
        var access: DeviceAccess
        /// The path of the node in the container; nil if the rule is not about a single node.
        var path: String?

        /// Makes a rule about character devices.
        init(_ major: UInt32?, _ minor: UInt32?, _ access: DeviceAccess = .all, path: String? = nil) {
            pattern = DevicePattern(kind: .character, major: major, minor: minor)
            self.access = access
            self.path = path
        }
    }

    /// Lists the rules, without those of nodes that `linux.devices` replaces with an entry at the same path.
    static func rules(devices: [Device]) -> [Rule] {
        all.filter { rule in
            guard let path = rule.path else { return true }
            return !devices.contains { Path.cleaned($0.path) == path }
        }
    }

    private static var all: [Rule] {
        var mknodOfBlockDevices = Rule(nil, nil, .mknod)
        mknodOfBlockDevices.pattern.kind = .block
        // swift-format-ignore
        return [
            Rule(nil, nil, .mknod),  // a node that may not be opened does no harm
            mknodOfBlockDevices,
            Rule(1, 3, path: "/dev/null"),
            Rule(1, 8, path: "/dev/random"),
            Rule(1, 7, path: "/dev/full"),
            Rule(5, 0, path: "/dev/tty"),
            Rule(1, 5, path: "/dev/zero"),
            Rule(1, 9, path: "/dev/urandom"),
            Rule(136, nil),          // /dev/pts/N
            Rule(5, 2),              // /dev/ptmx
            Rule(10, 200),           // /dev/net/tun: taken away by runc 1.2 and crun 1.5, had to come back
        ]
    }
}
