import Base
import CShim
import Linux
import OCI

/// What `apus doctor` needs to know of its caller's environment, which the library does not read itself.
public struct DoctorOptions: Sendable {
    /// `PATH`: where the programs are looked for that apus and its callers use.
    public var searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// `XDG_RUNTIME_DIR`, where the user's bus usually is.
    public var runtimeDirectory: String?
    /// `DBUS_SESSION_BUS_ADDRESS`.
    public var busAddress: String?
    /// `HOME`, where Podman has settings of a user.
    public var home: String?
    /// The path of our own program, which the trial runs in its container. It must be static.
    public var program: String

    /// Options for the program at this absolute path.
    public init(program: String) { self.program = program }

    /// The path of the user's bus: that of the address if it has one, otherwise the usual one.
    var userBus: String? {
        let prefix = "unix:path="
        if let busAddress, busAddress.utf8.starts(with: prefix.utf8) {
            let path = busAddress.utf8.dropFirst(prefix.utf8.count)
            return String(Substring(path.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";") }))
        }
        return runtimeDirectory.map { "\($0)/bus" }
    }
}

/// What this host offers and lacks for containers, and whether it can run a plain one.
public struct Diagnosis: Equatable, Sendable {
    /// One for each thing that was looked at. The last one is about a plain container.
    public private(set) var findings: [Finding]

    /// Whether a plain container was made, and ended, as it should.
    public var canRun: Bool { findings.last?.state == .has }

    /// Adds the verdict to what was found.
    ///
    /// - Parameter trial: What came of running a plain container.
    init(_ findings: [Finding], trial: Answer) {
        var found = ""
        if case .fails(let failure) = trial { found = Self.words(failure) }
        let missing = findings.filter { $0.state == .lacks && Self.needed.contains($0.what) }.map { $0.what }
        let remedy = missing.isEmpty ? trial.hint : "see above: \(missing.joined(separator: ", "))"
        let verdict = Finding(
            Self.verdict, trial.isYes ? .has : .lacks, trial.isYes ? "one was run" : found, for: "everything",
            remedy: remedy)
        self.findings = findings + [verdict]
    }

    /// The name of the last finding.
    static let verdict = "a plain container"

    /// What a plain container cannot do without.
    static let needed = ["kernel", "openat2", "mount API", "clone3", "pidfd", "namespaces", "network namespace"]

    private static func words(_ failure: Failure) -> String {
        var failure = failure
        failure.hint = nil
        return failure.line
    }

    /// One line for each finding.
    public var text: String { findings.reduce("") { $0 + $1.line + "\n" } }
}

/// `doctor`: tries what a container needs, each thing for itself, and then a whole container.
///
/// Every probe runs in a child process with a time limit, and leaves nothing behind. Nothing is guessed from the
/// kernel's version, because distributions and seccomp filters take things away from new kernels and add them to old
/// ones.
public func diagnose(_ options: DoctorOptions, in runtime: RuntimeOptions) throws(Failure) -> Diagnosis {
    let isPrivileged = HostFile.ownStatus.capabilities.effective.contains(.administration)
    let isRoot = Identity.effectiveUser == 0
    var findings = try KernelAnswers.probe().findings
    findings += NamespaceAnswers.probe(isPrivileged: isPrivileged).findings
    findings += try FilesystemAnswers.probe(root: runtime.root).findings
    findings += try CgroupAnswers.probe().findings
    findings += UserAnswers.probe(searchPath: options.searchPath).findings
    let systemd = SystemdAnswers.probe(userBus: options.userBus)
    findings += systemd.findings

    // The engines' services have these directories in their PATH; a user who is not root often has not.
    let searchPath = options.searchPath + ":/usr/local/sbin:/usr/sbin:/sbin"
    let runc = try? ProgramSearch.find("runc", path: searchPath, probe: ProgramSearch.look)
    let features = Features.ofRuntime.linux?.cgroup
    let driver = isRoot ? features?.systemd : features?.systemdUser
    let host = EngineHost(
        program: options.program, isRunc: runc.map { isSameFile($0, options.program) } ?? false,
        hasSystemd: systemd.isFirst, canUseSystemd: driver == true && systemd.canMakeUnits(isRoot: isRoot))
    for engine in Engine.allCases {
        let answer = EngineAnswer.probe(engine, searchPath: searchPath, home: options.home)
        findings.append(answer.finding(on: host))
    }
    return Diagnosis(findings, trial: Trial.run(program: options.program, isPrivileged: isPrivileged, runtime))
}

private func isSameFile(_ one: String, _ other: String) -> Bool {
    guard let one = try? status(one), let other = try? status(other) else { return false }
    return one.inode == other.inode && one.filesystem == other.filesystem
}
