import Base
import Linux
import OCI

/// What a config.json wants of the host it will run on, each with its place; worked out without asking the host.
struct HostWishes: Equatable {
    /// A name, and where in config.json it is wanted.
    struct Wish: Equatable {
        var name: String
        var pointer: String
    }

    /// Cgroup controllers.
    private(set) var controllers: [Wish] = []
    /// Filesystem types.
    private(set) var filesystems: [Wish] = []
    /// Security modules, by their names in /sys/kernel/security/lsm.
    private(set) var modules: [Wish] = []
    /// Sizes of huge pages, by their folders' names in /sys/kernel/mm/hugepages.
    private(set) var pageSizes: [Wish] = []
    /// Files without which nothing can be made.
    private(set) var files: [Wish] = []
    /// Programs of hooks, which may come later.
    private(set) var hooks: [Wish] = []

    /// - Parameter bundle: The bundle's absolute path: the root and the sources of bind mounts are taken from there.
    init(_ config: Config, bundle: String) {
        func absolute(_ path: String) -> String { path.utf8.first == UInt8(ascii: "/") ? path : "\(bundle)/\(path)" }
        if let root = config.root, !root.path.isEmpty {
            files.append(Wish(name: absolute(root.path), pointer: "/root/path"))
        }
        for (index, mount) in (config.mounts ?? []).enumerated() {
            let options = MountOptions(mount.options ?? [])
            if options.set.contains(.bind) {
                guard let source = mount.source, !source.isEmpty else { continue }
                files.append(Wish(name: absolute(source), pointer: "/mounts/\(index)/source"))
            } else if let type = mount.type, !type.isEmpty, !options.set.contains(.remount) {
                filesystems.append(Wish(name: Self.filesystem(type), pointer: "/mounts/\(index)/type"))
            }
        }
        for (index, namespace) in (config.linux?.namespaces ?? []).enumerated() {
            guard let path = namespace.path, !path.isEmpty else { continue }
            files.append(Wish(name: path, pointer: "/linux/namespaces/\(index)/path"))
        }
        if config.process?.apparmorProfile?.isEmpty == false {
            modules.append(Wish(name: "apparmor", pointer: "/process/apparmorProfile"))
        }
        for (label, pointer) in [
            (config.process?.selinuxLabel, "/process/selinuxLabel"), (config.linux?.mountLabel, "/linux/mountLabel"),
        ] where label?.isEmpty == false {
            modules.append(Wish(name: "selinux", pointer: pointer))
        }
        addResources(config.linux)
        addHooks(config.hooks)
    }

    private mutating func addResources(_ linux: LinuxConfig?) {
        let refusals = Refusals(goesOn: true)
        guard let plan = try? ResourcePlan(linux, refusals.add) else { return }
        for controller in plan.controllers {
            let file = plan.files.first { $0.controller == controller }
            controllers.append(Wish(name: controller, pointer: file?.pointer ?? "/linux/resources"))
        }
        for (index, limit) in (linux?.resources?.hugepageLimits ?? []).enumerated() {
            guard let size = Self.kilobytes(limit.pageSize) else { continue }
            let pointer = "/linux/resources/hugepageLimits/\(index)/pageSize"
            pageSizes.append(Wish(name: "hugepages-\(size)kB", pointer: pointer))
        }
    }

    private mutating func addHooks(_ hooks: Hooks?) {
        for kind in HookKind.allCases where kind != .startContainer && kind != .createContainer {
            for (index, hook) in (hooks.flatMap { kind.list(in: $0) } ?? []).enumerated() {
                self.hooks.append(Wish(name: hook.path, pointer: "/hooks/\(kind.word)/\(index)/path"))
            }
        }
    }

    /// The name under which /proc/filesystems has a type: `fuse.sshfs` is a kind of `fuse`.
    private static func filesystem(_ type: String) -> String {
        let name = String(Substring(type.utf8.prefix { $0 != UInt8(ascii: ".") }))
        return name == "cgroup" ? "cgroup2" : name
    }

    /// `2MB` as 2048; nil where it is no such size.
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
