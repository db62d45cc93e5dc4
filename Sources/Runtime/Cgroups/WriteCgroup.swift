import Base
import Linux

/// Writes a limit, or two limits that the kernel may accept only together.
struct WriteCgroup: HostWork {
    static var word: StaticString { "write-cgroup" }

    var files: [CgroupWrite]

    var summary: String { "write " + files.map { $0.summary }.joined(separator: "; ") }

    /// Makes one step for each line. Lines that the kernel may accept only together share a step.
    static func groups(_ files: [CgroupWrite]) -> [WriteCgroup] {
        var groups: [WriteCgroup] = []
        var open: [CgroupWrite] = []
        for file in files {
            open.append(file)
            if file.refusal == .retryAfterNext { continue }
            groups.append(WriteCgroup(files: open))
            open = []
        }
        return open.isEmpty ? groups : groups + [WriteCgroup(files: open)]
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        // A limit of a controller needs a cgroup, so MakeCgroup has failed already. The lines left here are files of
        // the cgroup core (`cgroup.*`).
        guard session.hasCgroup else { return }
        try session.withCgroup { cgroup throws(Failure) in try cgroup.write(files) }
    }
}
