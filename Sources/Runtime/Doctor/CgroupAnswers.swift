import Base
import CShim
import Linux

/// The cgroups of the host, and what the caller may do with them.
struct CgroupAnswers: Equatable {
    /// Which cgroups there are.
    enum Layout: Equatable {
        case v2
        /// cgroup v2 beside v1, at this path.
        case hybrid(String)
        case v1
        case absent
    }

    var layout = Layout.v2
    /// The controllers of cgroup v2 on this host.
    var controllers: [String] = []
    /// Where a container's cgroup would go without a `cgroupsPath`, from the mount.
    var place = "/"
    /// The controllers that a container could get there.
    var delegated: [String] = []
    /// What came of making a cgroup there.
    var made = Answer.works
    /// Writing to the `cgroup.kill` of that cgroup.
    var kill = Answer.works
    /// Starting a process in it (CLONE_INTO_CGROUP).
    var born = Answer.works

    /// The controllers that engines limit containers with.
    static let usual = ["cpu", "cpuset", "io", "memory", "pids"]

    static func probe() throws(Failure) -> CgroupAnswers {
        var answers = CgroupAnswers()
        let mounts = try MountInformation.ofOurNamespace(try Proc.host())
        guard let mount = mounts.last(where: { $0.type == "cgroup2" })?.destination else {
            answers.layout = mounts.contains { $0.type == "cgroup" } ? .v1 : .absent
            let reason = Answer.fails(Failure("no cgroup v2 is mounted"))
            (answers.made, answers.kill, answers.born) = (reason, reason, reason)
            return answers
        }
        if mounts.contains(where: { $0.type == "cgroup" }) { answers.layout = .hybrid(mount) }
        answers.controllers = HostFile.words("\(mount)/cgroup.controllers") ?? []
        let own = CgroupPath.own(in: HostFile.text("/proc/self/cgroup") ?? "") ?? "/"
        if let slash = own.utf8.lastIndex(of: UInt8(ascii: "/")), slash != own.utf8.startIndex {
            answers.place = String(own[..<slash])
        }
        answers.probe(at: mount + (answers.place == "/" ? "" : answers.place))
        return answers
    }

    /// Makes a cgroup beside our own, tries it, and removes it.
    private mutating func probe(at path: String) {
        let name = "apus-doctor-\(ThisProcess.pid)"
        do throws(Failure) {
            let parent = try open(path, [.path, .directory])
            // Whether we may enable a controller for the children: faccessat2(2) with AT_EACCESS.
            if shim_faccessat(parent.number, "cgroup.subtree_control", W_OK, AT_EACCESS) == 0 {
                delegated = HostFile.words("\(path)/cgroup.controllers") ?? []
            } else {
                delegated = HostFile.words("\(path)/cgroup.subtree_control") ?? []
            }
            do throws(Failure) { try parent.mkdirat(name, mode: 0o755) } catch {
                made = .fails(error)
                let reason = Answer.fails(Failure("not tried without a cgroup"))
                return (kill, born) = (reason, reason)
            }
            kill = Probe.ask { () throws(Failure) in
                try open("\(path)/\(name)/cgroup.kill", .writeOnly).write("1", "cgroup.kill")
            }
            born = Probe.ask { () throws(Failure) in try Self.beBorn(at: "\(path)/\(name)") }
            // A process that was in it leaves it a moment after it has been waited for.
            for _ in 0..<100 {
                guard shim_unlinkat(parent.number, name, AT_REMOVEDIR) == -Errno.EBUSY.rawValue else { break }
                Clock.sleep(milliseconds: 10)
            }
        } catch { made = .fails(error) }
    }

    private static func beBorn(at path: String) throws(Failure) {
        let cgroup = try open(path, [.path, .directory])
        switch try clone([], into: cgroup.number, "start a process in a cgroup") {
        case .child: ThisProcess.exit(0)
        case .parent(_, let child): _ = try child.wait()
        }
    }

    /// The lines about them.
    var findings: [Finding] {
        let missing = Self.usual.filter { !controllers.contains($0) }
        let undelegated = controllers.filter { !delegated.contains($0) }
        return [
            version,
            Finding(
                "cgroup controllers", controllers.isEmpty ? .lacks : missing.isEmpty ? .has : .limited,
                list(controllers, without: missing), for: "limits on \(Self.usual.joined(separator: ", "))",
                remedy: layout == .v2
                    ? "cgroup_enable= on the kernel's command line, or a kernel that has them"
                    : "systemd.unified_cgroup_hierarchy=1 on the kernel's command line, which gives them all to cgroup v2"
            ),
            Finding(
                "cgroup delegation", !made.isYes ? .lacks : undelegated.isEmpty ? .has : .limited,
                made.isYes
                    ? "below \(place): \(list(delegated, without: undelegated))" : "below \(place): \(made.reason)",
                for: "limits that this user may set",
                remedy:
                    "root; or for a user of systemd 'systemctl edit user@.service', [Service], Delegate=cpu cpuset io "
                    + "memory pids, with the systemd cgroup driver"),
            Finding(
                "cgroup.kill", kill, for: "an end of all processes of a container at once",
                remedy: made.isYes ? "a kernel of Linux 5.14 or newer" : "a cgroup of the caller's own"),
            Finding(
                "clone3 into a cgroup", born, for: "init that is born in its cgroup, under all limits",
                remedy: made.isYes ? "a kernel of Linux 5.7 or newer" : "a cgroup of the caller's own"),
        ]
    }

    private var version: Finding {
        let purpose = "limits, pause, and the end of a container with all its processes"
        let remedy = "systemd.unified_cgroup_hierarchy=1 on the kernel's command line"
        return switch layout {
        case .v2: Finding("cgroup version", .has, "2", for: purpose)
        case .hybrid(let path):
            Finding("cgroup version", .limited, "1, and 2 at \(path)", for: purpose, remedy: remedy)
        case .v1: Finding("cgroup version", .lacks, "1 alone", for: purpose, remedy: remedy)
        case .absent:
            Finding(
                "cgroup version", .lacks, "none is mounted", for: purpose,
                remedy: "mount -t cgroup2 cgroup2 /sys/fs/cgroup")
        }
    }

    private func list(_ present: [String], without missing: [String]) -> String {
        let text = present.isEmpty ? "none" : present.joined(separator: " ")
        return missing.isEmpty ? text : "\(text), without \(missing.joined(separator: " "))"
    }
}
