import Base
import Linux
import OCI

/// The result of `validate`.
public struct Validation: Equatable, Sendable {
    /// The problems: first those of the JSON text, then those of its content, then those of the host.
    public private(set) var problems: [Problem] = []
    /// The lines of ``problems``, to recognize a repeated one quickly: a config.json can have very many.
    private var said: Set<[UInt8]> = []

    /// Whether no problem is an error. `create` may still fail on a host.
    public var isValid: Bool { !problems.contains { $0.level == .error } }

    /// The result for a person: one line for each problem, then their number.
    public var text: String {
        var text = ""
        for problem in problems { text += problem.line + "\n" }
        return text + "config.json: \(summary)\n"
    }

    private var summary: String {
        var parts: [String] = []
        for level in Problem.Level.allCases {
            let count = problems.count { $0.level == level }
            let noun = level == .info ? "remark" : level.word
            if count > 0 { parts.append("\(count) \(noun)\(count == 1 ? "" : "s")") }
        }
        return parts.isEmpty ? "no problems" : parts.joined(separator: ", ")
    }

    /// Adds a problem, unless the same one is already there.
    mutating func add(_ problem: Problem) {
        if said.insert(Array(problem.line.utf8)).inserted { problems.append(problem) }
    }
}

extension Validation: JSONWritable {
    /// Writes `valid` and `problems`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("valid", isValid)
            json.member("problems", problems)
        }
    }
}

/// `validate`: finds everything that is wrong with a bundle's config.json in one run. It makes nothing and needs no
/// privilege.
///
/// - Parameter host: `real` to check also what this host has; `none` to check only the config.json.
/// - Throws: ``Failure`` if there is no config.json to read.
public func validate(bundle: String, host: String, in options: RuntimeOptions) throws(Failure) -> Validation {
    let here = try open(".", [.path, .directory])
    defer { try? here.fchdir() }
    let (path, bytes) = try Bundle.enterUnread(bundle)
    guard host != "none" else { return try Validation(of: bytes, at: "/bundle", on: .none, in: options) }
    var validation = try Validation(of: bytes, at: path, on: HostFacts.read(), in: options)
    try validation.lookAtHost(bytes, at: path)
    return validation
}

extension Validation {
    /// Finds what is wrong with a config.json on its own.
    ///
    /// - Parameters:
    ///   - bytes: The bytes of config.json.
    ///   - bundle: The bundle's absolute path.
    ///   - host: The host that the script is planned for.
    init(of bytes: [UInt8], at bundle: String, on host: HostFacts, in options: RuntimeOptions) throws(Failure) {
        var findings = JSONFindings()
        let config = Config.read(json: bytes, &findings)
        for failure in findings.failures { add(Problem(.error, failure)) }
        for failure in findings.warnings { add(Problem(.warning, failure)) }
        guard let config else { return }

        let consequences = FollowOnErrors(of: findings.unread)
        let refusals = Refusals(collects: true)
        var warnings: [Failure] = []
        do throws(Failure) {
            let bundle = Bundle(path: bundle, bytes: bytes, config: config)
            let id = try ContainerID("container")
            let request = try CreateRequest(id: id, bundle: bundle, runtime: options, refuse: refusals.add)
            warnings = try Script(request, on: host, refusals: refusals).warnings
        } catch {
            try refusals.add(error)
        }
        for failure in refusals.all where !consequences.include(failure) {
            // The specification allows this. Only a real host can say whether it works.
            add(Problem(failure.code == .sharedNetwork && host == .none ? .warning : .error, failure))
        }
        for failure in warnings where !consequences.include(failure) { add(Problem(.warning, failure)) }
        for (level, failure) in SpecWarnings.all(config) where !consequences.include(failure) {
            add(Problem(level, failure))
        }
    }

    /// Finds what a config.json needs and this host does not have.
    mutating func lookAtHost(_ bytes: [UInt8], at bundle: String) throws(Failure) {
        var findings = JSONFindings()
        guard let config = Config.read(json: bytes, &findings) else { return }
        let consequences = FollowOnErrors(of: findings.unread)
        let wishes = HostNeeds(config, bundle: bundle)
        for problem in try HostRules.problems(wishes, HostInventory.read(for: wishes))
        where !consequences.include(Failure(problem.message, pointer: problem.pointer)) {
            add(problem)
        }
    }
}
