import Glibc
import Testing

/// Cgroups whose `cgroup.kill` was written once. Newer kernels kill every process that is then born into such a cgroup
/// by CLONE_INTO_CGROUP, or from it into another one.
@Suite("Killed cgroups", .inMachine)
struct KilledCgroupTests {
    /// The cgroup whose `cgroup.kill` somebody wrote to.
    enum Place: String, CaseIterable { case target, ancestor, callers }

    /// Kills the cgroup at `place`, and returns the words that start a program in a cgroup of the caller.
    private func kill(_ place: Place, _ bundle: Bundle) throws -> [String] {
        let top = "/sys/fs/cgroup/\(bundle.id)-top"
        for folder in [top, top + "/caller", top + "/parent"] { try Files.makeFolder(folder) }
        switch place {
        case .target:
            try Files.makeFolder(top + "/parent/one")
            try Files.write(top + "/parent/one/cgroup.kill", "1")
        case .ancestor: try Files.write(top + "/parent/cgroup.kill", "1")
        case .callers: try Files.write(top + "/caller/cgroup.kill", "1")
        }
        return ["/bin/sh", "-c", "echo $$ > \(top)/caller/cgroup.procs; exec \"$@\"", "sh"]
    }

    @Test("a container can be born there, and exec can add a process", arguments: Place.allCases)
    func killed(place: Place) throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            let start = try kill(place, bundle)
            defer {
                for name in ["caller", "parent/one", "parent", ""] { rmdir("/sys/fs/cgroup/\(bundle.id)-top/\(name)") }
            }
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("/\(bundle.id)-top/parent/one") }
            func call(_ words: String...) throws -> Outcome {
                try Program.run(start + bundle.words(words, log: bundle.folder + "/log/killed"), limit: 60)
            }
            let created = try call("create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            #expect(created.exit == 0, "\(created.said)\((try? Files.text(bundle.folder + "/log/killed")) ?? "")")
            #expect(Files.value("/proc/\(bundle.pid)/cgroup") == "0::/\(bundle.id)-top/parent/one")
            #expect(try call("start", bundle.id).exit == 0)
            let added = try call("exec", bundle.id, "/bin/cat", "/proc/self/cgroup")
            #expect(added.exit == 0, "\(added.said)")
            #expect(try bundle.delete(force: true).exit == 0)
            try Files.makeFolder("/sys/fs/cgroup/\(bundle.id)-top/parent/one")
        }
    }

    @Test("a failed create does not change the count of an existing empty cgroup", .oursOnly)
    func failedCreate() throws {
        try Bundle.with({ $0.args = ["/nowhere"] }) { bundle in
            try Files.makeFolder(bundle.cgroup)
            defer { rmdir(bundle.cgroup) }
            let strace = ["strace", "-f", "-qq", "-o", bundle.folder + "/log/writes", "-e", "trace=openat2"]
            let outcome = try Program.run(
                strace + bundle.words(["create", "--bundle", bundle.folder, bundle.id], log: "/dev/null"))
            #expect(outcome.exit == 1)
            let calls = try Files.text(bundle.folder + "/log/writes")
            #expect(calls.contains("cgroup.events") && !calls.contains("cgroup.kill"), "\(calls)")
        }
    }
}
