import Base
import Linux
import OCI

/// The steps that turn a process of the runtime into the program, decided from `process` of config.json or of `exec`,
/// for ``ProcessScript``.
struct ProcessPlan {
    /// What the plan depends on besides the process itself.
    struct Setting {
        var host: HostFacts
        /// The places of the process's properties, for messages.
        var place = ProcessPlace()
        var id: ContainerID
        /// Only its parts that concern a process matter: `seccomp`, `personality`, `memoryPolicy`, and whether
        /// processors are chosen.
        var linux: LinuxConfig
        var annotations: Annotations?
        var environment: Environment
        var capabilities: CapabilityPlan
        var seccomp: SeccompProfile?
        /// Whether the process is in a user namespace other than the runtime's.
        var hasUserNamespace: Bool
        /// Whether the kernel may give us less than the host's root without a failure (`--rootless`).
        var isRootless: Bool
        /// The descriptors that the caller opened for the program.
        var kept: KeptDescriptors
        /// Whether this is the container's first process. For a later one the working directory must exist.
        var isFirst: Bool
        /// Whether no other process is in its pid namespace yet. Otherwise a change of user must not let that user's
        /// processes trace us (prctl(2), PR_SET_DUMPABLE).
        var isAlone: Bool
        /// Whether the container gets its owner, an ordinary user, by a new user namespace (``AllowOwner``).
        var belongsToUser = false
    }

    private let process: Process
    private let setting: Setting
    private let user: UserIdentity
    private let directory: WorkingDirectory
    private let rlimits: [Placed<ProcessLimit>]
    /// Sets what the kernel keeps per process, and passes on to its children and through execve.
    let kernelState: [Placed<InsideStep>]
    /// Sets the limits of the process from the host, when the process is set up and only waits for `start`.
    let limits: [Placed<HostStep>]
    /// Sets the process's own score for the OOM killer, if the host may not.
    let ownScore: Placed<InsideStep>?
    private(set) var warnings: [Failure] = []

    init(_ process: Process, in setting: Setting, _ refuse: Refuse) throws(Failure) {
        self.process = process
        self.setting = setting
        let place = setting.place
        kernelState = try Self.kernelState(process, setting, refuse)
        user = try UserIdentity(
            process.user, isInUserNamespace: setting.hasUserNamespace || setting.host.isInUserNamespace,
            keepsGroups: setting.annotations?[UserIdentity.keepGroups] != nil, pointer: place("user"), refuse)
        directory = WorkingDirectory(path: process.cwd, isMade: setting.isFirst)
        let priority = try Self.priority(process, setting, refuse)
        rlimits = try ProcessLimit.list(process.rlimits, pointer: place("rlimits"), refuse).enumerated().map {
            Placed($0.element, place("rlimits", "/\($0.offset)"))
        }
        let score = try Self.outOfMemoryScore(process, setting, refuse)
        let byHost = setting.host.setsLimits ? rlimits.map { host(.limit($0.step), $0.pointer) } : []
        let isPrivileged = setting.host.isPrivileged
        var limits = priority + byHost
        if isPrivileged, let score { limits.append(host(.adjustOOMScore(score.step), score.pointer)) }
        self.limits = limits
        ownScore = isPrivileged ? nil : score.map { inside(.adjustOOMScore($0.step), $0.pointer) }
        guard !isPrivileged, let score, score.step.adjustment < setting.host.outOfMemoryScore else { return }
        warnings.append(
            Failure(
                "oomScoreAdj \(score.step.adjustment) is below our own \(setting.host.outOfMemoryScore), which needs "
                    + "CAP_SYS_RESOURCE: it stays", pointer: score.pointer, code: .noEffect))
    }

    private var place: ProcessPlace { setting.place }

    /// Checks that the kernel has what this process needs.
    @Steps<HostStep> var kernelChecks: [Placed<HostStep>] {
        if process.profile != nil { host(.checkKernel(.appArmor), place("apparmorProfile")) }
        if process.label != nil { host(.checkKernel(.seLinux), place("selinuxLabel")) }
    }

    /// Sets the label of the session keyring, before it is made.
    var keyLabel: Placed<InsideStep>? {
        process.label.map { inside(.label(.keys($0)), place("selinuxLabel")) }
    }

    var keyring: Placed<InsideStep> {
        inside(
            .joinKeyring(
                SessionKeyring(
                    setting.id, isInUserNamespace: setting.hasUserNamespace, isOptional: setting.host.isRootless)))
    }

    var enterDirectory: Placed<InsideStep> { inside(.workingDirectory(directory), place("cwd")) }

    var findHome: Placed<InsideStep>? {
        setting.environment.needsHome ? inside(.findHome(FindHome(uid: user.uid)), place("env")) : nil
    }

    var startSession: Placed<InsideStep> {
        inside(.startSession(StartSession(ignoredSignals: setting.host.ignoredSignals)))
    }

    var chownStreams: Placed<InsideStep>? {
        process.terminal == true ? nil : inside(.chownStreams(ChownStreams(uid: user.uid)), place("user"))
    }

    /// Sets the limits in the process itself, while it still may, if the host may not.
    var limitsByProcess: [Placed<InsideStep>] {
        setting.host.setsLimits ? [] : rlimits.map { inside(.limit($0.step), $0.pointer) }
    }

    var bound: Placed<InsideStep> {
        inside(.boundCapabilities(setting.capabilities.bounding), place("capabilities", "/bounding"))
    }

    var becomeUser: Placed<InsideStep> { inside(.becomeUser(user), place("user")) }

    var forbidTracing: Placed<InsideStep>? {
        !setting.isAlone || keepsAdministration ? inside(.forbidTracing(ForbidTracing())) : nil
    }

    var allowOwner: Placed<InsideStep>? {
        setting.belongsToUser ? inside(.allowOwner(AllowOwner())) : nil
    }

    var grant: Placed<InsideStep> {
        var grant = setting.capabilities.grant
        if keepsAdministration { grant.keepAdministration() }
        return inside(.grantCapabilities(grant), place("capabilities"))
    }

    /// Sets the program's capabilities, if CAP_SYS_ADMIN was kept until the filter is loaded.
    var lastGrant: Placed<InsideStep>? {
        keepsAdministration ? inside(.grantCapabilities(setting.capabilities.grant), place("capabilities")) : nil
    }

    var forbidNewPrivileges: Placed<InsideStep>? {
        process.noNewPrivileges == true
            ? inside(.forbidNewPrivileges(ForbidNewPrivileges()), place("noNewPrivileges")) : nil
    }

    var verifyDirectory: Placed<InsideStep> {
        inside(.verifyDirectory(VerifyDirectory(directory: directory)), place("cwd"))
    }

    var findProgram: Placed<InsideStep>? {
        process.args.map { inside(.findProgram(FindProgram(arguments: $0)), place("args", "/0")) }
    }

    /// Becomes the program; nil without `process`, which only `start` needs (config.md, "Process"): then init has no
    /// program to become.
    var execute: Placed<InsideStep>? {
        guard process.args != nil else { return nil }
        let step = Execute(confinement: confinement, kept: setting.kept, isFiltered: setting.seccomp != nil)
        return inside(.execute(step), place("args"))
    }

    /// Whether init keeps CAP_SYS_ADMIN until the filter is loaded, although the program does not get it. Without
    /// noNewPrivileges the kernel accepts a filter only from a process with CAP_SYS_ADMIN (seccomp(2)).
    private var keepsAdministration: Bool {
        let capabilities = setting.capabilities
        return setting.seccomp != nil && process.noNewPrivileges != true && process.args != nil
            && capabilities.grant.lacksAdministration(of: capabilities.grantable)
    }

    /// What happens right before the seccomp filter is loaded, and under it.
    var confinement: Confinement {
        guard let seccomp = setting.seccomp, seccomp.listener == nil else { return Confinement() }
        return Confinement(loadsFilter: true, grant: keepsAdministration ? setting.capabilities.grant : nil)
    }
}

extension ProcessPlan {
    @Steps<InsideStep>
    private static func kernelState(
        _ process: Process, _ setting: Setting, _ refuse: Refuse
    ) throws(Failure) -> [Placed<InsideStep>] {
        if let personality = setting.linux.personality {
            inside(.personality(try SetPersonality(personality, refuse)), "/linux/personality")
        }
        if let policy = setting.linux.memoryPolicy {
            inside(.memoryPolicy(try SetMemoryPolicy(policy, refuse)), "/linux/memoryPolicy")
        }
        if let profile = process.profile {
            inside(.label(.profile(profile)), setting.place("apparmorProfile"))
        }
        if let label = process.label { inside(.label(.process(label)), setting.place("selinuxLabel")) }
    }

    @Steps<HostStep>
    private static func priority(
        _ process: Process, _ setting: Setting, _ refuse: Refuse
    ) throws(Failure) -> [Placed<HostStep>] {
        let hasProcessors = setting.isFirst && setting.linux.resources?.cpu?.cpus?.isEmpty == false
        if let scheduler = process.scheduler {
            host(
                .schedule(
                    try SetScheduler(
                        scheduler, hasProcessors: hasProcessors, pointer: setting.place("scheduler"), refuse)),
                setting.place("scheduler"))
        }
        if let priority = process.ioPriority {
            host(
                .prioritizeIO(try SetIOPriority(priority, pointer: setting.place("ioPriority"), refuse)),
                setting.place("ioPriority"))
        }
    }

    private static func outOfMemoryScore(
        _ process: Process, _ setting: Setting, _ refuse: Refuse
    ) throws(Failure) -> Placed<OutOfMemoryScore>? {
        guard let adjustment = process.oomScoreAdj else { return nil }
        let pointer = setting.place("oomScoreAdj")
        do throws(Failure) {
            let score = try OutOfMemoryScore(
                adjustment: adjustment, isRootless: setting.isRootless, pointer: pointer)
            return Placed(score, pointer)
        } catch {
            try refuse(error)
            return nil
        }
    }

    /// Checks `process.execCPUAffinity`. It is for `exec`, but a malformed list is already an error at `create`.
    static func checkAffinity(_ process: Process, at place: ProcessPlace, _ refuse: Refuse) throws(Failure) {
        let affinity = process.execCPUAffinity
        for (name, list) in [("initial", affinity?.initial), ("final", affinity?.final)] {
            guard let list, !list.isEmpty, NumberList(list) == nil else { continue }
            try refuse(
                Failure(
                    "\(quoted(list)) is not a list of processors such as 0-3,7",
                    pointer: place("execCPUAffinity", "/\(name)"), code: .malformedValue))
        }
    }
}

extension Process {
    /// `process.apparmorProfile`; an empty one means the same as a missing one.
    var profile: String? { apparmorProfile.flatMap { $0.isEmpty ? nil : $0 } }

    /// `process.selinuxLabel`; an empty one means the same as a missing one.
    var label: String? { selinuxLabel.flatMap { $0.isEmpty ? nil : $0 } }
}

extension LinuxConfig {
    /// `mountLabel`; an empty one means the same as a missing one.
    var filesLabel: String? { mountLabel.flatMap { $0.isEmpty ? nil : $0 } }
}
