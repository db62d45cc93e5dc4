import Glibc
import Testing

/// Paths that lead through a descriptor which the caller opened, as a shell's `<(...)` does. The runtime starts itself
/// again before it opens such a path.
@Suite("Paths through descriptors", .inMachine)
struct NamedDescriptorTests {
    /// Runs a script of bash with the runtime as `$0`, `$root` and `$folder` set.
    private func bash(_ script: String, _ bundle: Bundle, _ words: String...) throws -> Outcome {
        let runtime = [RuntimeUnderTest.path, bundle.state, bundle.folder, bundle.id]
        return try Program.run(["bash", "-c", "root=$1 folder=$2 id=$3; " + script] + runtime + words)
    }

    @Test("exec --process <(...) reads what the shell hands over")
    func process() throws {
        try Bundle.running { bundle in
            var process = try JSON(try Files.text(bundle.folder + "/config.json"))["process"]
            process["args"] = ["/bin/echo", "through a pipe"]
            try Files.write(bundle.folder + "/process", process.text)
            let outcome = try bash(#"$0 --root $root exec --process <(cat $folder/process) $id"#, bundle)
            #expect(outcome.output == "through a pipe\n", "\(outcome.said)")
        }
    }

    @Test(
        "a bundle, a root, a log, a trace, a config and a pid file may be named through a descriptor",
        arguments: ["/proc/self/fd/9", "/dev/fd/9"])
    func folders(path: String) throws {
        try Bundle.with({ $0.shell("ls -l /proc/self/fd >&2; exit 7") }) { bundle in
            let ours = RuntimeUnderTest.isOurs ? "--trace \(path)/trace" : ""
            let outcome = try bash(
                "cd /; exec 9< $folder 8< $root; "
                    + "$0 --root /proc/self/fd/8 --log \(path)/failed \(ours) run --bundle \(path) --pid-file \(path)/pid $id",
                bundle)
            #expect(outcome.exit == 7, "\(outcome.said)")
            #expect(!outcome.diagnostics.contains(bundle.folder), "the container has one of them: \(outcome.said)")
            #expect(Files.value(bundle.pidFile) != nil)
            #expect(RuntimeUnderTest.isOurs == Files.exists(bundle.folder + "/trace"))
        }
    }

    @Test("a log named through a descriptor gets the line of a failure", .oursOnly)
    func log() throws {
        try Bundle.with({ $0.args = ["/nowhere"] }) { bundle in
            let outcome = try bash(
                "exec 9> $folder/said; $0 --root $root --log /dev/fd/9 --log-format json run --bundle $folder $id",
                bundle)
            #expect(outcome.exit == 1)
            let line = try #require(LogLine.whole(try Files.text(bundle.folder + "/said")))
            #expect(line.message.contains("no such file or directory"), "\(line)")
        }
    }

    @Test("a reader at the other end of such a descriptor sees its end as soon as create has ended", .oursOnly)
    func released() throws {
        try Bundle.with { bundle in
            let outcome = try bash(
                "{ timeout 20 cat > $folder/read; echo $? > $folder/reader; } 9>&- < <("
                    + "$0 --root $root --log /dev/fd/9 create --bundle $folder $id 9>&1 > /dev/null 2>&1)", bundle)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.value(bundle.folder + "/reader") == "0", "the waiting init holds the pipe")
            #expect(bundle.status == "created")
        }
    }
}
