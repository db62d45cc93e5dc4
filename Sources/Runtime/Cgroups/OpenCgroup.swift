import Base
import Linux

/// A step of `exec`: find the container's cgroup, or one below it (`--cgroup`), for the process to be born in it.
struct OpenCgroup: HostWork {
    static var word: StaticString { "open-cgroup" }

    var path: CgroupPath
    /// Whether init's present cgroup is taken if this one is gone.
    var mayFollowInit = false

    var summary: String { "open the cgroup \(path.text)" + (mayFollowInit ? ", else init's present one" : "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.cgroup = try Cgroup.open(path)
        // Somebody on the host has moved init, and removed what was empty then; init's limits are those of its new cgroup.
        if session.cgroup == nil, mayFollowInit, try session.followInit(anywhere: true) { return }
        // The words "no such file or directory" are left out: callers take them to mean the program.
        guard session.cgroup != nil else { throw Failure("there is no cgroup \(path.text)") }
    }
}

extension HostSide {
    /// Takes init's own cgroup in place of the container's.
    ///
    /// An init that manages cgroups moves itself into one below the container's, and enables controllers there: the
    /// container's own then takes no processes (cgroups(7), "no internal processes").
    ///
    /// - Parameter anywhere: Whether any other cgroup will do, since the container's own is gone.
    /// - Returns: False where init is in the container's cgroup, or in none below it.
    mutating func followInit(anywhere: Bool = false) throws(Failure) -> Bool {
        guard let pid = record.pid, let recorded = record.cgroup else { return false }
        let container = try CgroupPath(recorded: recorded)
        guard let text = CgroupPath.own(in: try proc.read("\(pid)/cgroup")), !joined.hasEnded(), text != recorded,
            let path = try? CgroupPath(recorded: text), anywhere || container.contains(path)
        else { return false }
        let own = try Cgroup.open(path)
        if own == nil { return false }
        cgroup = own
        return true
    }
}

/// What `exec --cgroup` names: `PATH`, or `CONTROLLER,CONTROLLER:PATH`, which is for cgroup v1 and its many hierarchies.
enum SubCgroup {
    /// - Returns: The path below the container's cgroup; nil where nothing was given.
    /// - Throws: ``Failure``, in runc's words, for more than one path, and for controllers: all are in the one hierarchy of
    ///   cgroup v2.
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
