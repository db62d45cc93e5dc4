import Base
import Linux

/// A step of `exec`: find the container's cgroup, or one below it (`--cgroup`), for the process to be born in it.
struct OpenCgroup: Equatable {
    var path: CgroupPath

    var summary: String { "open the cgroup \(path.text)" }

    func perform(_ session: inout HostSession) throws(Failure) {
        session.cgroup = try Cgroup.open(path)
        // The words "no such file or directory" are left out: callers take them to mean the program.
        guard session.cgroup != nil else { throw Failure("there is no cgroup \(path.text)") }
    }
}

extension HostSession {
    /// Takes init's own cgroup in place of the container's.
    ///
    /// An init that manages cgroups moves itself into one below the container's, and enables controllers there: the
    /// container's own then takes no processes (cgroups(7), "no internal processes").
    ///
    /// - Returns: False where init is in the container's cgroup, or in none below it.
    mutating func followInit() throws(Failure) -> Bool {
        guard let pid = record.pid, let recorded = record.cgroup else { return false }
        let container = try CgroupPath(recorded: recorded)
        guard let text = CgroupPath.own(in: try proc.read("\(pid)/cgroup")), !joined.hasEnded(), text != recorded,
            let path = try? CgroupPath(recorded: text), container.contains(path)
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
