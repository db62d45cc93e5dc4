import Glibc
import TestSupport
import Testing

/// Which standard streams the user of the program owns, and what he can read of the cgroup.
@Suite("Owners of streams", .inMachine)
struct StreamOwnerTests {
    private func shell(_ script: String, _ bundle: Bundle) throws -> Outcome {
        try Program.run(
            ["/bin/sh", "-c", script, RuntimeUnderTest.path, bundle.state, bundle.folder, bundle.id])
    }

    private static func user(_ config: inout JSON) { config["process"]["user"] = ["uid": 1000, "gid": 1000] }

    @Test("a user who is not root can open the file again that his output goes to, in run and in exec")
    func files() throws {
        try Bundle.with {
            Self.user(&$0)
            $0.shell("echo one > /dev/stdout; echo two >> /dev/stderr; while :; do sleep 0.1; done")
        } _: { bundle in
            try bundle.edit { $0["process"]["env"] = ["PATH=/bin"] }
            let run = "\"$0\" --root $1 run --detach --bundle $2 $3 < /dev/null > $2/out 2> $2/err"
            let outcome = try shell(run, bundle)
            #expect(outcome.exit == 0)
            #expect(
                eventually { Files.value(bundle.folder + "/err") == "two" },
                "\(Files.value(bundle.folder + "/err") ?? "")")
            #expect(Files.value(bundle.folder + "/out") == "one")
            let added = try shell(
                "\"$0\" --root $1 exec $3 /bin/sh -c 'echo three > /dev/stdout' > $2/added 2>&1", bundle)
            #expect(added.exit == 0)
            #expect(Files.value(bundle.folder + "/added") == "three")
        }
    }

    @Test("a file that the caller opened only for reading stays the caller's", .unless("read-files-given"))
    func readFiles() throws {
        try Bundle.with {
            Self.user(&$0)
            $0.shell("read line; echo $line; echo changed > /dev/stdin")
        } _: { bundle in
            try Files.write(bundle.folder + "/lent", "lent\n", mode: 0o600)
            let outcome = try shell("\"$0\" --root $1 run --bundle $2 $3 < $2/lent", bundle)
            #expect(outcome.output == "lent\n", "\(outcome.said)")
            #expect(Files.value(bundle.folder + "/lent") == "lent")
            #expect(Files.status(bundle.folder + "/lent")?.st_uid == 0)
        }
    }

    @Test("whatever the caller's umask, a user of the container reads its cgroup", .unless("cgroup-umask"))
    func umask() throws {
        try Bundle.with {
            Self.user(&$0)
            $0.mount("/sys/fs/cgroup", ["ro"], type: "cgroup", source: "cgroup")
            $0.shell("cat /sys/fs/cgroup/cgroup.controllers > /dev/null && echo read")
        } _: { bundle in
            try bundle.edit { $0["linux"]["cgroupsPath"] = .string("/\(bundle.id)/below/one") }
            let outcome = try shell("umask 077; \"$0\" --root $1 run --bundle $2 $3", bundle)
            #expect(outcome.output == "read\n", "\(outcome.said)")
            for name in ["/below", ""] { rmdir(bundle.cgroup + name) }
        }
    }
}
