import Base
import Linux
import OCI

/// What a config.json needs from the host that it will run on, each need with its place. It is worked out without
/// asking the host.
struct HostNeeds: Equatable {
    /// A name, and where config.json needs it.
    struct Need: Equatable {
        var name: String
        var pointer: String
    }

    /// Cgroup controllers.
    private(set) var controllers: [Need] = []
    /// Filesystem types.
    private(set) var filesystems: [Need] = []
    /// Security modules, named as in /sys/kernel/security/lsm.
    private(set) var modules: [Need] = []
    /// Sizes of huge pages, named as the folders in /sys/kernel/mm/hugepages.
    private(set) var pageSizes: [Need] = []
    /// Files that must exist before a container can be made.
    private(set) var files: [Need] = []
    /// Programs of hooks, which may still be installed later.
    private(set) var hooks: [Need] = []

    /// - Parameter bundle: The bundle's absolute path, from which the root and the sources of bind mounts are resolved.
    init(_ config: Config, bundle: String) {
        func absolute(_ path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : "\(bundle)/\(path)" }
        if let root = config.root, !root.path.isEmpty {
            files.append(Need(name: absolute(root.path), pointer: "/root/path"))
        }
        for (index, mount) in (config.mounts ?? []).enumerated() {
            let options = MountOptions(mount.options ?? [])
            if options.set.contains(.bind) {
                guard let source = mount.source, !source.isEmpty else { continue }
                files.append(Need(name: absolute(source), pointer: "/mounts/\(index)/source"))
            } else if let type = mount.type, !type.isEmpty, !options.set.contains(.remount) {
                filesystems.append(Need(name: Self.filesystem(type), pointer: "/mounts/\(index)/type"))
            }
        }
        for (index, namespace) in (config.linux?.namespaces ?? []).enumerated() {
            guard let path = namespace.path, !path.isEmpty else { continue }
            files.append(Need(name: path, pointer: "/linux/namespaces/\(index)/path"))
        }
        if config.process?.apparmorProfile?.isEmpty == false {
            modules.append(Need(name: "apparmor", pointer: "/process/apparmorProfile"))
        }
        for (label, pointer) in [
            (config.process?.selinuxLabel, "/process/selinuxLabel"), (config.linux?.mountLabel, "/linux/mountLabel"),
        ] where label?.isEmpty == false {
            modules.append(Need(name: "selinux", pointer: pointer))
        }
        addResources(config.linux)
        addHooks(config.hooks)
    }

    private mutating func addResources(_ linux: LinuxConfig?) {
        let refusals = Refusals(collects: true)
        guard let plan = try? ResourcePlan(linux, refusals.add) else { return }
        for controller in plan.controllers {
            let file = plan.files.first { $0.controller == controller }
            controllers.append(Need(name: controller, pointer: file?.pointer ?? "/linux/resources"))
        }
        for (index, limit) in (linux?.resources?.hugepageLimits ?? []).enumerated() {
            guard let size = Self.kilobytes(limit.pageSize) else { continue }
            let pointer = "/linux/resources/hugepageLimits/\(index)/pageSize"
            pageSizes.append(Need(name: "hugepages-\(size)kB", pointer: pointer))
        }
    }

    private mutating func addHooks(_ hooks: Hooks?) {
        for kind in HookKind.allCases where kind != .startContainer && kind != .createContainer {
            for (index, hook) in (hooks.flatMap { kind.list(in: $0) } ?? []).enumerated() {
                self.hooks.append(Need(name: hook.path, pointer: "/hooks/\(kind.word)/\(index)/path"))
            }
        }
    }

    /// The name of a type in /proc/filesystems: `fuse.sshfs` is a kind of `fuse`.
    private static func filesystem(_ type: String) -> String {
        let name = String(Substring(type.utf8.prefix { $0 != UInt8(ascii: ".") }))
        return name == "cgroup" ? "cgroup2" : name
    }

    /// Converts `2MB` to 2048; nil if the text is not such a size.
    static func kilobytes(_ size: String) -> UInt64? {
        guard HugetlbController.isPageSize(size), let number = UInt64(Substring(size.utf8.dropLast(2))) else {
            return nil
        }
        let factor: UInt64
        switch size.utf8.dropLast().last {
        case UInt8(ascii: "G"): factor = 1 << 20
        case UInt8(ascii: "M"): factor = 1 << 10
        default: factor = 1
        }
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? nil : product
    }
}

/// Compares what a config.json needs with what a host has. It is pure: it reads nothing itself.
enum HostRules {
    static func problems(_ wishes: HostNeeds, _ host: HostInventory) -> [Problem] {
        var problems: [Problem] = []
        func say(
            _ level: Problem.Level, _ code: Failure.Code, _ message: String, _ pointer: String, hint: String? = nil
        ) {
            problems.append(Problem(level, Failure(message, pointer: pointer, hint: hint, code: code)))
        }
        if host.kernel < .oldest {
            say(
                .error, .kernelTooOld,
                "Linux \(KernelVersion.oldest.text) or newer is needed, this is \(host.kernel.text)", "")
        }
        if host.controllers == nil {
            say(.error, .missingController, "no cgroup v2 at \(CgroupPath.mountPoint)", "", hint: "mount it there")
        }
        for wish in wishes.controllers where host.controllers?.contains(wish.name) == false {
            say(.error, .missingController, "this host has no cgroup controller \(quoted(wish.name))", wish.pointer)
        }
        for wish in wishes.modules where host.modules?.contains(wish.name) == false {
            say(.error, .missingSecurityModule, "\(wish.name) is not active on this host", wish.pointer)
        }
        for wish in wishes.filesystems where !host.filesystems.contains(wish.name) {
            say(
                .warning, .missingFeature, "this host's kernel does not list the filesystem \(quoted(wish.name))",
                wish.pointer, hint: "it may come with a kernel module")
        }
        for wish in wishes.pageSizes where !host.pageSizes.contains(wish.name) {
            say(.error, .missingFeature, "this host has no \(wish.name)", wish.pointer)
        }
        for wish in wishes.files where host.missing.contains(wish.name) {
            say(.error, .missingFile, "there is no \(quoted(wish.name))", wish.pointer)
        }
        for wish in wishes.hooks where host.missing.contains(wish.name) {
            say(.warning, .missingFile, "there is no \(quoted(wish.name))", wish.pointer)
        }
        return problems
    }
}

/// What a host has, as far as a config.json needs it: read once, as a plain value.
struct HostInventory: Equatable {
    var kernel: KernelVersion
    /// The controllers of the cgroup2 root; nil if there is no cgroup2 mount.
    var controllers: [String]?
    /// The filesystems in /proc/filesystems. A kernel module may add others.
    var filesystems: [String]
    /// The active security modules; nil if securityfs cannot be read.
    var modules: [String]?
    /// The needed folders of /sys/kernel/mm/hugepages that exist.
    var pageSizes: [String]
    /// The needed files that do not exist.
    var missing: [String]

    /// Reads the inventory of the host that we run on.
    static func read(for wishes: HostNeeds) throws(Failure) -> HostInventory {
        let pages = "/sys/kernel/mm/hugepages"
        return HostInventory(
            kernel: try KernelVersion.running(),
            controllers: words("\(CgroupPath.mountPoint)/cgroup.controllers"),
            filesystems: words("/proc/filesystems") ?? [],
            modules: words("/sys/kernel/security/lsm"),
            pageSizes: wishes.pageSizes.map { $0.name }.filter { !isMissing("\(pages)/\($0)") },
            missing: (wishes.files + wishes.hooks).map { $0.name }.filter(isMissing))
    }

    /// Reads the words of a small file; nil if it cannot be read.
    private static func words(_ path: String) -> [String]? {
        guard let file = try? open(path, .readOnly), let bytes = try? file.readAll(limit: 65536, path) else {
            return nil
        }
        return bytes.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the file is missing. If we may not look (EACCES), it does not count as missing.
    private static func isMissing(_ path: String) -> Bool {
        do throws(Failure) { _ = try status(path) } catch { return error.errno == .ENOENT || error.errno == .ENOTDIR }
        return false
    }
}
