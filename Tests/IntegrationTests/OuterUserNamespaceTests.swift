import Glibc
import Testing

/// The runtime as root of a user namespace that another program has made, as Buildah, rootless Podman, and a runtime in
/// a container start it. The namespace denies setgroups(2) and maps one id.
@Suite("In an outer user namespace", .inMachine)
struct OuterUserNamespaceTests {
    /// Calls the runtime in such a namespace.
    private func call(_ bundle: Bundle, _ words: [String]) throws -> Outcome {
        let log = "\(bundle.folder)/log/\(UInt32.random(in: 0 ... .max))"
        var outcome = try Program.run(
            ["/usr/bin/unshare", "--user", "--map-root-user", "--mount"] + bundle.words(words, log: log))
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    private func run(_ bundle: Bundle, _ options: [String] = []) throws -> Outcome {
        try call(bundle, options + ["run", "--bundle", bundle.folder, bundle.id])
    }

    /// Runs the bundle in such a namespace of user 1000, who may make no cgroup.
    private func callAsUser(
        _ bundle: Bundle, _ options: [String] = [], program: String = RuntimeUnderTest.path
    ) throws -> Outcome {
        for folder in [bundle.state, bundle.folder] { chown(folder, 1000, 1000) }
        let asUser = ["/usr/bin/setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]
        let inNamespace = ["/usr/bin/unshare", "--user", "--map-root-user", "--mount"]
        let run = ["run", "--bundle", bundle.folder, bundle.id]
        return try Program.run(
            asUser + inNamespace + [program, "--root", bundle.state] + options + run, .init(folder: bundle.folder))
    }

    @Test(
        "a container runs: setgroups is denied, and the group of devpts is not mapped", .unless("outer-user-namespace"))
    func runs() throws {
        try Bundle.with({ $0.shell("id -u; id -G; tty; mount | grep -c devpts") }) { bundle in
            let outcome = try run(bundle)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output.lines.first == "0" && outcome.output.lines.last == "1", "\(outcome.said)")
        }
    }

    @Test(
        "additionalGids: a group that the process already has is no failure, another one is",
        .unless("outer-user-namespace"))
    func groups() throws {
        try Bundle.with({
            $0.shell("true")
            $0["process"]["user"]["additionalGids"] = [0]
        }) { bundle in
            let own = try run(bundle)
            #expect(own.exit == 0, "\(own.said)")
            try bundle.edit { $0["process"]["user"]["additionalGids"] = [5] }
            let other = try run(bundle)
            #expect(other.exit != 0)
            if RuntimeUnderTest.isOurs {
                #expect(
                    other.said.contains("cannot set any additional groups in a rootless container"), "\(other.said)")
            }
        }
    }

    @Test("oomScoreAdj below our own is a warning, with --rootless false a failure", .oursOnly)
    func outOfMemoryScore() throws {
        try Bundle.with({
            $0.shell("cat /proc/self/oom_score_adj")
            $0["process"]["oomScoreAdj"] = -500
        }) { bundle in
            let outcome = try run(bundle)
            #expect(outcome.exit == 0 && outcome.output == "0\n", "\(outcome.said)")
            let strict = try run(bundle, ["--rootless=false"])
            #expect(strict.exit == 1 && strict.said.contains("oom_score_adj"), "\(strict.said)")
        }
    }

    @Test(
        "without permission for cgroups: no cgroup is made unless the config asks for one, then a clear message",
        .oursOnly)
    func cgroups() throws {
        try Bundle.with({
            $0.shell("cat /proc/self/cgroup")
            $0.needNoCgroup()
        }) { bundle in
            let outcome = try callAsUser(bundle)
            #expect(outcome.exit == 0 && outcome.output.lines.count == 1, "\(outcome.said)")
            let strict = try callAsUser(bundle, ["--rootless", "false"])
            #expect(strict.exit == 1 && strict.said.contains("make the cgroup"), "\(strict.said)")
            try bundle.edit { $0["linux"]["resources"]["pids"]["limit"] = 10 }
            let limited = try callAsUser(bundle)
            #expect(limited.exit == 1, "\(limited.said)")
            #expect(limited.said.contains("rootless needs no limits"), "\(limited.said)")
        }
    }

    @Test("the runtime's own file may be executable and not readable", .oursOnly)
    func unreadable() throws {
        try Bundle.with({
            $0.shell("echo inside")
            $0.needNoCgroup()
        }) { bundle in
            let program = bundle.folder + "/unreadable"
            try Files.write(program, try Files.bytes(RuntimeUnderTest.path), mode: 0o711)
            #expect(chmod(program, 0o711) == 0)
            let outcome = try callAsUser(bundle, program: program)
            #expect(outcome.exit == 0 && outcome.output == "inside\n", "\(outcome.said)")
        }
    }
}

extension JSON {
    fileprivate mutating func needNoCgroup() {
        self["linux"]["cgroupsPath"] = .null
        self["linux"]["resources"] = .null
        unmount("/sys/fs/cgroup")
    }
}
