import Base
import Linux

/// A step of `exec`: opens the container's cgroup, or one below it (`--cgroup`), so that the process can be born in it.
struct OpenCgroup: HostWork {
    static var word: StaticString { "open-cgroup" }

    var path: CgroupPath
    /// Whether to use the cgroup that init is in now, if this one is gone.
    var mayFollowInit = false

    var summary: String { "open the cgroup \(path.text)" + (mayFollowInit ? ", else init's current one" : "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.cgroup = try Cgroup.open(path)
        // Someone on the host has moved init and removed the empty cgroup. The limits of init's new cgroup are the ones
        // that apply.
        if session.cgroup == nil, mayFollowInit, try session.followInit(anywhere: true) { return }
        // The message leaves out "no such file or directory": callers take these words to mean the program.
        guard session.cgroup != nil else { throw Failure("there is no cgroup \(path.text)") }
    }
}

extension HostSide {
    /// Uses the cgroup that init is in now, instead of the container's.
    ///
    /// An init that manages cgroups itself, such as systemd, moves into a cgroup below the container's and enables
    /// controllers there. From then on the kernel refuses processes in the container's own cgroup (cgroups(7), "no
    /// internal processes").
    ///
    /// - Parameter anywhere: Whether a cgroup outside the container's will do too, since the container's own is gone.
    /// - Returns: False if there is no other cgroup to use: init is in the container's own one, or outside it and
    ///   `anywhere` is false, or has ended.
    mutating func followInit(anywhere: Bool = false) throws(Failure) -> Bool {
        guard let pid = record.pid, let recorded = record.cgroup else { return false }
        let container = try CgroupPath(recorded: recorded)
        guard let text = CgroupPath.own(in: try proc.read("\(pid)/cgroup")), !joined.hasEnded, text != recorded,
            let path = try? CgroupPath(recorded: text), anywhere || container.contains(path)
        else { return false }
        let own = try Cgroup.open(path)
        if own == nil { return false }
        cgroup = own
        return true
    }
}

/// The value of `exec --cgroup`: `PATH`, or `CONTROLLER,CONTROLLER:PATH`, which is for the many hierarchies of cgroup
/// v1.
enum SubCgroup {
    /// - Returns: The path below the container's cgroup; nil if the option was not given.
    /// - Throws: ``Failure``, in runc's words, for more than one path, and for a controller: cgroup v2 has all
    ///   controllers in one hierarchy.
    static func path(_ values: [String]) throws(Failure) -> String? {
        for value in values {
            guard let colon = value.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                guard values.count == 1 else {
                    throw Failure("invalid --cgroup argument: \(value) (missing <controller>: prefix)")
                }
                continue
            }
            for controller in value.utf8[..<colon].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            {
                guard !controller.isEmpty else {
                    throw Failure("invalid --cgroup argument: \(value) (empty <controller> prefix)")
                }
                throw Failure(
                    "unknown controller \(Substring(controller)) in --cgroup \(value)",
                    hint: "cgroup v2 has one hierarchy: give the path alone")
            }
        }
        return values.first
    }
}
