import Base
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

/// The five capability sets of a thread (capabilities(7), "Thread capability sets").
public struct Capabilities: Equatable, Sendable {
    /// The limit for what a thread can gain through execve.
    public var bounding: CapabilitySet
    /// The set that the kernel checks.
    public var effective: CapabilitySet
    /// The capabilities that may become effective.
    public var permitted: CapabilitySet
    /// The capabilities that a program file with file capabilities may keep.
    public var inheritable: CapabilitySet
    /// The capabilities that a program without set-id bits and file capabilities keeps across execve(2), even if it
    /// does not run as root.
    public var ambient: CapabilitySet

    /// All five sets; each is empty by default.
    public init(
        bounding: CapabilitySet = [], effective: CapabilitySet = [], permitted: CapabilitySet = [],
        inheritable: CapabilitySet = [], ambient: CapabilitySet = []
    ) {
        self.bounding = bounding
        self.effective = effective
        self.permitted = permitted
        self.inheritable = inheritable
        self.ambient = ambient
    }

    /// Drops every capability outside `kept` from the bounding set, up to the kernel's last one.
    ///
    /// prctl(2), `PR_CAPBSET_DROP`. A capability that is gone already is not an error, so that a thread without
    /// CAP_SETPCAP can still ask for the set it has.
    ///
    /// - Throws: ``Failure`` of `prctl`: EPERM without CAP_SETPCAP in the thread's user namespace.
    public static func dropBounding(keeping kept: CapabilitySet) throws(Failure) {
        for capability in CapabilitySet.kernel.subtracting(kept).members {
            let number = UInt(capability.number)
            let answer = shim_prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
            // Usually we may drop it, and one call is enough.
            guard answer < 0, shim_prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1 else { continue }
            try check(answer, "prctl", "drop \(capability.name) from the bounding set")
        }
    }

    /// Sets whether the permitted set survives a change from uid 0 to another (prctl(2), `PR_SET_KEEPCAPS`). execve
    /// clears the setting.
    public static func keepAcrossUserChange(_ keep: Bool) throws(Failure) {
        try check(
            shim_prctl(PR_SET_KEEPCAPS, keep ? 1 : 0, 0, 0, 0), "prctl",
            "keep the capabilities across the change of user")
    }

    /// Sets effective, permitted and inheritable (capset(2)), clears the ambient set and raises its members one by one
    /// (prctl(2), `PR_CAP_AMBIENT`). ``dropBounding(keeping:)`` sets the bounding set, and must come first.
    ///
    /// - Throws: ``Failure`` of `capset`: EPERM if a set has a capability that the thread lacks; of `prctl`: EPERM if
    ///   an ambient capability is not both permitted and inheritable.
    public func apply() throws(Failure) {
        try check(
            shim_capset(effective.rawValue, permitted.rawValue, inheritable.rawValue), "capset", "set the capabilities")
        try check(
            shim_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0), "prctl",
            "clear the ambient capabilities")
        for capability in ambient.members {
            try check(
                shim_prctl(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_RAISE), UInt(capability.number), 0, 0), "prctl",
                "raise \(capability.name) in the ambient set")
        }
    }

    /// Only calls capset(2), for sets that are smaller than before. The kernel removes from the ambient set what is no
    /// longer both permitted and inheritable.
    ///
    /// - Throws: ``Failure`` of `capset`: EPERM if a seccomp filter forbids it.
    public func reduce() throws(Failure) {
        try check(
            shim_capset(effective.rawValue, permitted.rawValue, inheritable.rawValue), "capset",
            "give up the capabilities that the program does not get")
    }
}
