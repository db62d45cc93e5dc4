import Base
import CShim
import Linux

/// What the calling user may do, and with which tools.
struct UserAnswers: Equatable {
    var user: UInt32 = 0
    /// From /etc/passwd; nil if the user is not there.
    var name: String?
    var subuids = GrantedIDs(of: 0, named: nil, in: "")
    var subgids = GrantedIDs(of: 0, named: nil, in: "")
    /// The tools that map more than one id for a user, with how they are privileged.
    var tools: [Tool] = []
    /// Loading a device filter.
    var devices = Answer.works
    /// Whether a BPF filesystem is mounted in its usual place, and we may make entries in it.
    var bpffs = Answer.works
    /// The active security modules; nil if securityfs cannot be read.
    var modules: [String]?

    /// newuidmap(1) or newgidmap(1).
    struct Tool: Equatable {
        enum Privilege: Equatable {
            case setUser, capability, missing
        }

        var name: String
        /// nil if it is not in `PATH`.
        var path: String?
        var privilege = Privilege.missing
    }

    /// - Parameter searchPath: Where to look for programs, as in `$PATH`.
    static func probe(searchPath: String) -> UserAnswers {
        var answers = UserAnswers()
        answers.user = Identity.effectiveUser
        answers.name = SubordinateIDs.User.own.name
        func ranges(_ file: String) -> GrantedIDs {
            GrantedIDs(of: answers.user, named: answers.name, in: HostFile.text(file) ?? "")
        }
        answers.subuids = ranges("/etc/subuid")
        answers.subgids = ranges("/etc/subgid")
        answers.tools = ["newuidmap", "newgidmap"].map { name in tool(name, searchPath) }
        answers.devices = Probe.ask { () throws(Failure) in
            // r0 = 1; exit: it allows every device.
            _ = try DeviceFilter([0x0000_0001_0000_00B7, 0x95])
        }
        answers.bpffs = Probe.ask { () throws(Failure) in
            let mount = try open("/sys/fs/bpf", [.path, .directory])
            guard try mount.filesystem().type == UInt64(BPF_FS_MAGIC) else {
                throw Failure("not mounted on /sys/fs/bpf")
            }
            try check(shim_faccessat(mount.number, ".", W_OK, AT_EACCESS), "faccessat2", "look at /sys/fs/bpf")
        }
        answers.modules = HostFile.words("/sys/kernel/security/lsm")
        return answers
    }

    private static func tool(_ name: String, _ searchPath: String) -> Tool {
        var tool = Tool(name: name)
        guard let path = try? ProgramSearch.find(name, path: searchPath, probe: ProgramSearch.look),
            let status = try? status(path)
        else { return tool }
        tool.path = path
        if status.permissions & 0o4000 != 0, status.uid == 0 {
            tool.privilege = .setUser
        } else if shim_getxattr(path, "security.capability", nil, 0) > 0 {
            tool.privilege = .capability
        }
        return tool
    }

    /// The lines about it.
    var findings: [Finding] {
        var findings = [ranges("subuid", subuids), ranges("subgid", subgids)]
        findings += tools.map(Self.line)
        findings += [
            Finding(
                "device filter", devices, for: "linux.resources.devices, which keeps a container from devices",
                remedy: "root of the host (CAP_BPF or CAP_SYS_ADMIN), and a kernel with CONFIG_CGROUP_BPF"),
            Finding(
                "BPF filesystem", bpffs, for: "device filters that are compiled once for all containers",
                remedy: "as root: mount -t bpf bpf /sys/fs/bpf"),
            moduleFinding,
        ]
        return findings
    }

    private func ranges(_ what: String, _ ids: GrantedIDs) -> Finding {
        let enough: UInt64 = 65536
        let state: Finding.State = ids.count == 0 ? .lacks : ids.count < enough ? .limited : .has
        let who = name ?? "user \(user)"
        let option = what == "subuid" ? "uids" : "gids"
        return Finding(
            what, state, state == .lacks ? "no range of \(who) in /etc/\(what)" : "\(ids.text) of \(who)",
            for: "more than one id in a container of a user who is not root",
            remedy: "as root: usermod --add-sub\(option) FIRST-LAST \(who), with \(enough) ids that nobody has")
    }

    private static func line(_ tool: Tool) -> Finding {
        let purpose = "the mapping of those ids"
        let remedy = "install Debian's package uidmap, or shadow-utils"
        guard let path = tool.path else {
            return Finding(tool.name, .lacks, "not in PATH", for: purpose, remedy: remedy)
        }
        return switch tool.privilege {
        case .setUser: Finding(tool.name, .has, "\(path), set-uid root", for: purpose)
        case .capability: Finding(tool.name, .has, "\(path), with capabilities", for: purpose)
        case .missing:
            Finding(
                tool.name, .lacks, "\(path) has neither the set-uid bit nor capabilities", for: purpose,
                remedy: "as root: chmod u+s \(path)")
        }
    }

    private var moduleFinding: Finding {
        let purpose = "AppArmor profiles and SELinux labels in config.json"
        guard let modules else {
            return Finding(
                "security modules", .lacks, "/sys/kernel/security/lsm cannot be read", for: purpose,
                remedy: "as root: mount -t securityfs securityfs /sys/kernel/security")
        }
        let isThere = modules.contains("apparmor") || modules.contains("selinux")
        return Finding(
            "security modules", isThere ? .has : .limited, modules.joined(separator: " "), for: purpose,
            remedy: "apparmor or selinux in lsm= of the kernel's command line")
    }
}
