import Base
import OCI

/// The process that `exec` adds, put together from what there is: a text of its own, or the bundle's config.json as it is now
/// with the options of the command line; and what those leave open from the container's config.json, as it was at `create`.
struct ExecProcess: Equatable {
    private(set) var process: Process
    private(set) var place: ProcessPlace

    /// The process of `--process`.
    ///
    /// - Parameter container: That of the container.
    init(_ process: Process, from container: Process?) {
        self.process = process
        place = ProcessPlace(base: "")
        inherit(from: container)
    }

    /// The process of config.json with other arguments, and what else the options change.
    ///
    /// - Parameters:
    ///   - process: Of the bundle's config.json, as it is now.
    ///   - container: That of the container.
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

    /// What runc and crun take from the container, too, where the process does not say it.
    private mutating func inherit(from container: Process?) {
        guard let container else { return }
        func fill<Value>(_ property: WritableKeyPath<Process, Value?>, _ name: String, where isOpen: Bool) {
            guard isOpen, let value = container[keyPath: property] else { return }
            process[keyPath: property] = value
            place.fromConfig.append(name)
        }
        fill(\.capabilities, "capabilities", where: process.capabilities == nil)
        fill(\.rlimits, "rlimits", where: process.rlimits?.isEmpty ?? true)
        fill(\.apparmorProfile, "apparmorProfile", where: process.apparmorProfile?.isEmpty ?? true)
        fill(\.selinuxLabel, "selinuxLabel", where: process.selinuxLabel?.isEmpty ?? true)
        fill(\.oomScoreAdj, "oomScoreAdj", where: process.oomScoreAdj == nil)
        fill(\.scheduler, "scheduler", where: process.scheduler == nil)
        fill(\.ioPriority, "ioPriority", where: process.ioPriority == nil)
        fill(\.execCPUAffinity, "execCPUAffinity", where: process.execCPUAffinity == nil)
        process.user.umask = process.user.umask ?? container.user.umask
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

    /// Adds to what the process has and may get, and never to what it hands on: an inheritable capability would outlive a
    /// change of user (runc CVE-2022-29162, crun CVE-2022-27650). An ambient one goes along where config.json already has it
    /// inheritable.
    private mutating func add(capabilities words: [String]) {
        guard !words.isEmpty else { return }
        var sets = process.capabilities ?? CapabilitySets()
        sets.bounding = (sets.bounding ?? []) + words
        sets.effective = (sets.effective ?? []) + words
        sets.permitted = (sets.permitted ?? []) + words
        let inheritable = sets.inheritable ?? []
        sets.ambient = (sets.ambient ?? []) + words.filter(inheritable.contains)
        process.capabilities = sets
        place.fromOptions.append("capabilities")
    }
}
