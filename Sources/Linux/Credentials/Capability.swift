import CCap
import CShim

/// One privilege of capabilities(7), by the kernel's number.
public struct Capability: Equatable, Sendable {
    /// 0 to 63; the kernel has those up to ``last``.
    public let number: UInt8

    /// Takes a number of capabilities(7), below 64.
    public init(number: UInt8) { self.number = number & 63 }

    /// Finds a capability by the name that config.json uses: `CAP_NET_ADMIN`, capitals only.
    ///
    /// libcap also accepts small letters and plain numbers. The spec does not, so they are refused here.
    public init?(name: String) {
        var value: cap_value_t = -1
        guard name.utf8.starts(with: "CAP_".utf8), name.utf8.allSatisfy(Self.isAllowed),
            cap_from_name(name, &value) == 0, let number = UInt8(exactly: value), number < 64
        else { return nil }
        self.number = number
    }

    /// The name in capitals, `CAP_NET_ADMIN`, or `CAP_63` if this libcap has no name for it.
    public var name: String {
        guard let text = cap_to_name(cap_value_t(number)) else { return "CAP_\(number)" }
        defer { cap_free(text) }
        let name = String(cString: text)
        return name.utf8.first.map { $0 < 0x3A } ?? true ? "CAP_\(number)" : name.uppercased()
    }

    /// CAP_SYS_ADMIN.
    public static let administration = Capability(number: UInt8(CAP_SYS_ADMIN))

    /// The last capability of the running kernel (40 since Linux 5.9).
    ///
    /// The kernel is asked only on demand. The first question is about the last capability of our headers.
    public static var last: Capability {
        var number = UInt8(CAP_LAST_CAP)
        while number < 63, isKnown(number + 1) { number += 1 }
        while number > 0, !isKnown(number) { number -= 1 }
        return Capability(number: number)
    }

    /// prctl(2), PR_CAPBSET_READ: EINVAL for a number that the running kernel has no capability for.
    private static func isKnown(_ number: UInt8) -> Bool {
        shim_prctl(PR_CAPBSET_READ, UInt(number), 0, 0, 0) >= 0
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte >= 0x41 && byte <= 0x5A || byte == 0x5F || byte >= 0x30 && byte <= 0x39
    }
}

/// A set of capabilities, as the kernel keeps it: bit N is capability N.
public struct CapabilitySet: OptionSet, Sendable {
    public let rawValue: UInt64

    /// Takes the kernel's own bits, as in `CapEff:` of /proc/PID/status.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// A set with one member.
    public init(_ capability: Capability) { rawValue = 1 << UInt64(capability.number) }

    /// All capabilities of the running kernel: the first process of a new user namespace has them.
    public static var kernel: CapabilitySet { upTo(Capability.last) }

    /// All from number 0 to `last`.
    public static func upTo(_ last: Capability) -> CapabilitySet {
        CapabilitySet(rawValue: last.number >= 63 ? .max : (1 << (UInt64(last.number) + 1)) - 1)
    }

    /// Whether `capability` is in the set.
    public func contains(_ capability: Capability) -> Bool { contains(CapabilitySet(capability)) }

    /// The members, lowest number first.
    public var members: [Capability] {
        var members: [Capability] = []
        var rest = rawValue
        while rest != 0 {
            members.append(Capability(number: UInt8(rest.trailingZeroBitCount)))
            rest &= rest - 1
        }
        return members
    }
}
