import Base
import OCI

/// The device rules that every container has, after its own: a caller cannot switch them off.
///
/// They hold also where config.json has no `resources` at all (seen with Debian's runc 1.1.5: the same twelve rules on
/// a base of "deny all").
enum DefaultDeviceRules {
    /// What may be done with some devices.
    struct Rule: Equatable {
        var pattern: DevicePattern
        var access: DeviceAccess
        /// The node in the container; nil where the rule is about no single one.
        var path: String?

        /// A rule about character devices.
        init(_ major: UInt32?, _ minor: UInt32?, _ access: DeviceAccess = .all, path: String? = nil) {
            pattern = DevicePattern(kind: .character, major: major, minor: minor)
            self.access = access
            self.path = path
        }
    }

    /// The rules, without those of nodes for which `linux.devices` has an entry of its own at the same path.
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
