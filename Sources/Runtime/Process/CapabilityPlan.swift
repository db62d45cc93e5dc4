import Base
import Linux
import OCI

/// The five capability sets that the container's process gets, decided from config.json.
///
/// Each set is exactly what config.json asks for, less what the kernel would refuse; nothing is ever added. Ambient
/// capabilities are not implied by the others (runc CVE-2016-8867), nor inheritable ones (runc CVE-2022-29162). What
/// cannot be granted is a warning, not a failure (runtime-spec 1.3, config.md, "Linux Process"). Where config.json says
/// nothing, all five are empty: a process gets no privilege that nobody asked for.
struct CapabilityPlan: Equatable {
    /// What stays in the bounding set: the step that comes before the change of user.
    var bounding: BoundingSet
    /// The four other sets: the step that comes after it.
    var grant: CapabilityGrant
    /// What the process has to give.
    var grantable: CapabilitySet
    /// What was asked for and is not granted, each with its pointer; for a line of the log.
    var warnings: [Failure]

    /// - Parameters:
    ///   - sets: `process.capabilities`.
    ///   - grantable: What the container's first process has to give: every capability of the kernel in a new user
    ///     namespace, else what is both permitted and in the bounding set of the runtime itself.
    ///   - pointer: Where `sets` stands.
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

/// A step: drop from the bounding set what is not kept.
struct BoundingSet: InsideWork, ProcessWork {
    static var word: StaticString { "bound-capabilities" }

    var kept: CapabilitySet

    var summary: String { "bounding set: \(kept.words)" }

    /// - Throws: ``Failure`` of `prctl`.
    func perform() throws(Failure) { try Capabilities.dropBounding(keeping: kept) }
}

/// A step: give the process its effective, permitted, inheritable and ambient capabilities.
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

    /// Whether CAP_SYS_ADMIN is not effective by it, though it could be.
    func lacksAdministration(of grantable: CapabilitySet) -> Bool {
        !effective.contains(.administration) && grantable.contains(.administration)
    }

    /// Adds CAP_SYS_ADMIN for a time, as effective.
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
    /// The names with a space between, or `none`.
    var words: String {
        var text = ""
        for capability in members {
            if !text.isEmpty { text += " " }
            text += capability.name
        }
        return text.isEmpty ? "none" : text
    }
}

/// Turns lists of names into sets and keeps the warnings.
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

    /// One line for all of a set: who asks for one that is not there asks for many.
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
