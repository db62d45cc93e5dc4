import Base
import Linux
import OCI

/// One process to add to a container: everything that its script depends on, except the host.
struct ExecRequest {
    /// The container's record.
    let record: StateFile
    /// The kinds of namespace that the container has and that we are not in.
    let namespaces: NamespaceFlags
    let process: ExecProcess
    /// The part of the container's `linux` that concerns a process.
    let linux: LinuxConfig
    /// `--cgroup`.
    var cgroups: [String] = []
    /// `--pid-file`, absolute.
    var pidFile: String?
    /// `--detach`.
    var detach = false
    /// Who receives the terminal that the process may have.
    var terminal = TerminalReceiver.runtime
    /// What the caller opened for the program.
    var kept = KeptDescriptors.none
    /// `--pidfd-socket`
    var pidfdSocket: PidfdSocket?
    /// `--rootless`; nil for `auto`.
    var rootless: Bool?
}

/// The process that `exec` adds. It comes from a JSON text of its own, or from the bundle's config.json as it is now
/// with the options of the command line. What those leave open comes from the container's config.json as it was at
/// `create`.
struct ExecProcess: Equatable {
    private(set) var process: Process
    private(set) var place: ProcessPlace

    /// Makes the process of `--process`.
    ///
    /// - Parameter container: The container's own process.
    init(_ process: Process, from container: Process?) {
        self.process = process
        place = ProcessPlace(base: "")
        inherit(from: container)
    }

    /// Makes the process of config.json with other arguments and the changes of the options.
    ///
    /// - Parameters:
    ///   - process: The process in the bundle's config.json, as it is now.
    ///   - container: The container's own process.
    init(_ process: Process, options: ExecOptions, from container: Process?) {
        self.process = process
        place = ProcessPlace()
        inherit(from: container)
        self.process.args = options.arguments
        self.process.terminal = options.terminal
        place.fromOptions += ["args", "terminal"]
        apply(options)
        add(capabilities: options.capabilities)
    }

    /// Takes from the container what the process leaves open. runc and crun do the same.
    private mutating func inherit(from container: Process?) {
        guard let container else { return }
        /// Returns the container's value if the process leaves the property open, otherwise the process's own.
        func fill<Value>(_ own: Value?, _ its: Value?, _ name: String, isOpen: Bool) -> Value? {
            guard isOpen, let its else { return own }
            place.fromConfig.append(name)
            return its
        }
        let own = process
        process.capabilities = fill(
            own.capabilities, container.capabilities, "capabilities", isOpen: own.capabilities == nil)
        process.rlimits = fill(own.rlimits, container.rlimits, "rlimits", isOpen: own.rlimits?.isEmpty ?? true)
        process.apparmorProfile = fill(
            own.apparmorProfile, container.apparmorProfile, "apparmorProfile",
            isOpen: own.apparmorProfile?.isEmpty ?? true)
        process.selinuxLabel = fill(
            own.selinuxLabel, container.selinuxLabel, "selinuxLabel", isOpen: own.selinuxLabel?.isEmpty ?? true)
        process.oomScoreAdj = fill(
            own.oomScoreAdj, container.oomScoreAdj, "oomScoreAdj", isOpen: own.oomScoreAdj == nil)
        process.scheduler = fill(own.scheduler, container.scheduler, "scheduler", isOpen: own.scheduler == nil)
        process.ioPriority = fill(own.ioPriority, container.ioPriority, "ioPriority", isOpen: own.ioPriority == nil)
        process.execCPUAffinity = fill(
            own.execCPUAffinity, container.execCPUAffinity, "execCPUAffinity", isOpen: own.execCPUAffinity == nil)
        process.user.umask = own.user.umask ?? container.user.umask
    }

    private mutating func apply(_ options: ExecOptions) {
        if let cwd = options.cwd {
            process.cwd = cwd
            place.fromOptions.append("cwd")
        }
        if !options.environment.isEmpty {
            process.env = (process.env ?? []) + options.environment
            place.fromOptions.append("env")
        }
        if options.uid != nil || options.gid != nil || !options.additionalGroups.isEmpty {
            process.user.uid = options.uid ?? process.user.uid
            process.user.gid = options.gid ?? process.user.gid
            process.user.additionalGids = (process.user.additionalGids ?? []) + options.additionalGroups
            place.fromOptions.append("user")
        }
        if options.noNewPrivileges {
            process.noNewPrivileges = true
            place.fromOptions.append("noNewPrivileges")
        }
        if let profile = options.apparmorProfile {
            process.apparmorProfile = profile
            place.fromOptions.append("apparmorProfile")
        }
        if let label = options.processLabel {
            process.selinuxLabel = label
            place.fromOptions.append("selinuxLabel")
        }
    }

    /// Adds capabilities to what the process has and may get, but not to the inheritable set: an inheritable capability
    /// would outlive a change of user (runc CVE-2022-29162, crun CVE-2022-27650). A capability becomes ambient only if
    /// config.json already makes it inheritable.
    private mutating func add(capabilities words: [String]) {
        guard !words.isEmpty else { return }
        var sets = process.capabilities ?? .empty
        sets.bounding = (sets.bounding ?? []) + words
        sets.effective = (sets.effective ?? []) + words
        sets.permitted = (sets.permitted ?? []) + words
        let inheritable = sets.inheritable ?? []
        sets.ambient = (sets.ambient ?? []) + words.filter(inheritable.contains)
        process.capabilities = sets
        place.fromOptions.append("capabilities")
    }
}
