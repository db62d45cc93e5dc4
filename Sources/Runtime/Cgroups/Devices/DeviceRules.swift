import Base
import OCI

/// Device rules in their shortest form: a base, which is one answer for every device, and exceptions that all say the
/// opposite.
///
/// Rules apply in the listed order and a later one wins (runtime-spec 1.3, config-linux.md, "Allowed Device list").
/// They mean what they meant in cgroup v1:
///
/// - The base is "deny all". A rule of type `a` discards all rules before it, and its answer becomes the base.
/// - A rule that says the same as the base takes its devices out of the exceptions.
/// - It cannot take a part out of a wider exception (a hole in `c *:*`). Such a rule is refused: cgroup v1 ignored it
///   silently, and callers would think that it held.
/// - If the base is "deny", one exception must allow the whole request. If the base is "allow", an exception that has
///   any part of the request denies it.
struct DeviceRules: Equatable, Sendable {
    /// Devices, and accesses to them, to which the base does not apply.
    struct Exception: Equatable, Sendable {
        var pattern: DevicePattern
        var access: DeviceAccess
    }

    private(set) var allowsByDefault = false
    private(set) var exceptions: [Exception] = []
    /// The index of each pattern in ``exceptions``, because there can be very many.
    private var places: [DevicePattern: Int] = [:]

    /// Makes rules that allow nothing.
    init() {}

    /// Combines the rules of config.json with those that every container gets after them.
    ///
    /// - Parameters:
    ///   - rules: `linux.resources.devices`.
    ///   - devices: `linux.devices`. An entry at the path of a default node also removes the default rule for that
    ///     node.
    ///   - pointer: Where `rules` is in config.json.
    /// - Throws: ``Failure`` with the pointer of the rule that cannot be applied.
    init(
        _ rules: [DeviceRule], devices: [Device], at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) {
        for (index, rule) in rules.enumerated() {
            do throws(Failure) { try apply(rule, at: "\(pointer)/\(index)") } catch { try refuse(error) }
        }
        for rule in DefaultDeviceRules.rules(devices: devices) {
            do throws(Failure) {
                try allow(rule.pattern, rule.access)
            } catch {
                try refuse(error.during("add the rules that every container has").at(pointer))
            }
        }
    }

    /// Whether every access to every device is allowed.
    var isUnrestricted: Bool { allowsByDefault && exceptions.isEmpty }

    /// Applies one rule of config.json.
    mutating func apply(_ rule: DeviceRule, at pointer: String) throws(Failure) {
        guard let letters = rule.access, !letters.isEmpty else {
            throw Failure(
                "a device rule needs an access", pointer: pointer, hint: "write \"access\": \"rwm\" for all",
                code: .missingRequired)
        }
        guard let access = DeviceAccess(letters: letters) else {
            throw Failure(
                "a device's access is of r, w and m, not \(quoted(letters))", pointer: "\(pointer)/access",
                code: .unknownValue)
        }
        let kind: DevicePattern.Kind
        switch rule.type {
        case nil, "a", "":
            allowsByDefault = rule.allow
            exceptions = []
            places = [:]
            return
        case "b": kind = .block
        case "c": kind = .character
        case .some(let type):
            throw Failure(
                "a device rule's type is a, b or c, not \(quoted(type))", pointer: "\(pointer)/type",
                code: .unknownValue)
        }
        let pattern = DevicePattern(
            kind: kind, major: try Self.number(rule.major, at: "\(pointer)/major"),
            minor: try Self.number(rule.minor, at: "\(pointer)/minor"))
        do throws(Failure) {
            if rule.allow { try allow(pattern, access) } else { try deny(pattern, access) }
        } catch { throw error.at(pointer) }
    }

    /// - Returns: nil for "every number": the number is absent, or -1, as callers written in Go send it.
    private static func number(_ number: Int64?, at pointer: String) throws(Failure) -> UInt32? {
        guard let number, number != -1 else { return nil }
        guard let small = UInt32(exactly: number) else {
            throw Failure("\(number) is no device number", pointer: pointer, code: .outOfRange)
        }
        return small
    }

    private mutating func allow(_ pattern: DevicePattern, _ access: DeviceAccess) throws(Failure) {
        if allowsByDefault { try remove(pattern, access) } else { add(pattern, access) }
    }

    private mutating func deny(_ pattern: DevicePattern, _ access: DeviceAccess) throws(Failure) {
        if allowsByDefault { add(pattern, access) } else { try remove(pattern, access) }
    }

    private mutating func add(_ pattern: DevicePattern, _ access: DeviceAccess) {
        if let index = places[pattern] {
            exceptions[index].access.formUnion(access)
        } else {
            places[pattern] = exceptions.count
            exceptions.append(Exception(pattern: pattern, access: access))
        }
    }

    private mutating func remove(_ pattern: DevicePattern, _ access: DeviceAccess) throws(Failure) {
        for exception in exceptions where exception.pattern.meets(pattern) {
            guard pattern.covers(exception.pattern) || exception.access.isDisjoint(with: access) else {
                throw Failure(
                    "\(allowsByDefault ? "allow" : "deny") \(pattern.text) \(access.letters): "
                        + "a hole in the wider rule \(exception.pattern.text) \(exception.access.letters)",
                    hint: "list the devices of the wider rule one by one", code: .conflict)
            }
        }
        for index in exceptions.indices where pattern.covers(exceptions[index].pattern) {
            exceptions[index].access.subtract(access)
        }
        let count = exceptions.count
        exceptions.removeAll { $0.access.isEmpty }
        guard exceptions.count < count else { return }
        places = [:]
        for (index, exception) in exceptions.enumerated() { places[exception.pattern] = index }
    }
}

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
