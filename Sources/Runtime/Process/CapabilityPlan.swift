import Base
import Linux
import OCI

/// The five capability sets that the container's process gets, decided from config.json.
///
/// Each set is exactly what config.json asks for, without what the kernel would refuse; nothing is ever added. In
/// particular, no capability becomes ambient because it is in the other sets (runc CVE-2016-8867), and none becomes
/// inheritable (runc CVE-2022-29162). A capability that cannot be granted is a warning, not a failure (runtime-spec
/// 1.3, config.md, "Linux Process"). If config.json says nothing, all five sets are empty: a process gets no privilege
/// that nobody asked for.
struct CapabilityPlan: Equatable {
    /// Drops the rest of the bounding set, before the change of user: the drop needs CAP_SETPCAP to be effective, and
    /// the change from user 0 to another clears the effective set (capabilities(7)).
    var bounding: BoundingSet
    /// Sets the four other sets, after the change of user.
    var grant: CapabilityGrant
    /// The capabilities that the process can grant.
    var grantable: CapabilitySet
    /// The capabilities that were asked for but not granted, each with its pointer, for the log.
    var warnings: [Failure]

    /// - Parameters:
    ///   - sets: `process.capabilities`.
    ///   - grantable: What the container's first process can grant: every capability of the kernel in a new user
    ///     namespace, or else what is both permitted and in the bounding set of the runtime itself.
    ///   - pointer: The place of `sets`.
    init(_ sets: CapabilitySets?, grantable: CapabilitySet, pointer: String = "/process/capabilities") {
        var reader = CapabilityReader(pointer: pointer)
        let lacking = "the runtime itself does not have it"
        let bounding = reader.read(sets?.bounding, "bounding", within: grantable, lacking)
        let permitted = reader.read(sets?.permitted, "permitted", within: grantable, lacking)
        let inheritable = reader.read(
            sets?.inheritable, "inheritable", within: bounding, "it is not in the bounding set")
        let effective = reader.read(sets?.effective, "effective", within: permitted, "it is not permitted")
        let ambient = reader.read(
            sets?.ambient, "ambient", within: permitted.intersection(inheritable),
            "it is not both permitted and inheritable", code: .ambientCapability)
        self.bounding = BoundingSet(kept: bounding)
        self.grantable = grantable
        grant = CapabilityGrant(
            effective: effective, permitted: permitted, inheritable: inheritable, ambient: ambient)
        warnings = reader.warnings
    }
}

/// Drops from the bounding set all but the capabilities to keep.
struct BoundingSet: InsideWork, ProcessWork {
    static var word: StaticString { "bound-capabilities" }

    var kept: CapabilitySet

    var summary: String { "bounding set: \(kept.words)" }

    /// - Throws: ``Failure`` of `prctl`.
    func perform() throws(Failure) { try Capabilities.dropBounding(keeping: kept) }
}

/// Gives the process its effective, permitted, inheritable and ambient capabilities.
struct CapabilityGrant: InsideWork, ProcessWork {
    static var word: StaticString { "grant-capabilities" }

    var effective: CapabilitySet
    var permitted: CapabilitySet
    var inheritable: CapabilitySet
    var ambient: CapabilitySet

    var summary: String {
        var text = "capabilities: permitted \(permitted.words)"
        if effective != permitted { text += "; effective \(effective.words)" }
        if !inheritable.isEmpty { text += "; inheritable \(inheritable.words)" }
        if !ambient.isEmpty { text += "; ambient \(ambient.words)" }
        return text
    }

    /// Whether this grant leaves CAP_SYS_ADMIN out of the effective set although it could be granted.
    func lacksAdministration(of grantable: CapabilitySet) -> Bool {
        !effective.contains(.administration) && grantable.contains(.administration)
    }

    /// Adds CAP_SYS_ADMIN for a while, permitted and effective.
    mutating func keepAdministration() {
        effective.insert(CapabilitySet(.administration))
        permitted.insert(CapabilitySet(.administration))
    }

    /// The three sets of capset(2).
    var sets: Capabilities { Capabilities(effective: effective, permitted: permitted, inheritable: inheritable) }

    /// - Throws: ``Failure`` of `capset` or `prctl`.
    func perform() throws(Failure) {
        try Capabilities(effective: effective, permitted: permitted, inheritable: inheritable, ambient: ambient).apply()
    }
}

extension CapabilitySet {
    /// The names separated by spaces, or `none`.
    var words: String {
        var text = ""
        for capability in members {
            if !text.isEmpty { text += " " }
            text += capability.name
        }
        return text.isEmpty ? "none" : text
    }
}

/// Turns lists of names into sets and collects the warnings.
private struct CapabilityReader {
    let pointer: String
    var warnings: [Failure] = []

    init(pointer: String) { self.pointer = pointer }

    mutating func read(
        _ names: [String]?, _ set: String, within limit: CapabilitySet, _ reason: String,
        code: Failure.Code = .unknownCapability
    ) -> CapabilitySet {
        var found: CapabilitySet = []
        var unknown: [(name: String, index: Int)] = []
        var beyond: [(name: String, index: Int)] = []
        for (index, name) in (names ?? []).enumerated() {
            guard let capability = Capability(name: name) else {
                unknown.append((name, index))
                continue
            }
            if limit.contains(capability) {
                found.insert(CapabilitySet(capability))
            } else {
                beyond.append((name, index))
            }
        }
        warn(of: unknown, in: set, .unknownCapability) { list in
            unknown.count == 1 ? "unknown capability \(list) is ignored" : "unknown capabilities are ignored: \(list)"
        }
        warn(of: beyond, in: set, code) { "\($0) cannot be granted: \(reason)" }
        return found
    }

    /// Adds one warning for the whole set: a config.json that asks for one missing capability usually asks for many.
    private mutating func warn(
        of names: [(name: String, index: Int)], in set: String, _ code: Failure.Code, _ words: (String) -> String
    ) {
        guard let first = names.first else { return }
        var list = first.name
        for (name, _) in names.dropFirst() { list += ", \(name)" }
        let place = names.count == 1 ? "\(pointer)/\(set)/\(first.index)" : "\(pointer)/\(set)"
        warnings.append(Failure(words(list), pointer: place, code: code))
    }
}

/// Sets `noNewPrivileges`: from then on execve grants no privileges through set-id bits or file capabilities (prctl(2),
/// PR_SET_NO_NEW_PRIVS).
struct ForbidNewPrivileges: InsideWork, ProcessWork {
    static var word: StaticString { "forbid-new-privileges" }

    var summary: String { "set no_new_privs" }

    func perform() throws(Failure) { try ThisProcess.forbidNewPrivileges() }
}
