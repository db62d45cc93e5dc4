import Testing

/// `--pid-file`: what is left of it if the runtime is killed while it writes the file.
@Suite("Pid file", .inMachine, .oursOnly)
struct PidFileTests {
    @Test("a runtime that is killed while it writes the pid file leaves no other name", arguments: [false, true])
    func killed(isThere: Bool) throws {
        try Bundle.with { bundle in
            if isThere { try Files.write(bundle.pidFile, "4194305") }
            let before = Set(Files.names(bundle.folder))
            let calls = "linkat,renameat2,unlinkat,write"
            // the first call in the bundle's folder, or on its files, that would make or remove a name
            for call in calls.split(separator: ",") {
                let strace = [
                    "strace", "-qq", "-o", "/dev/null", "-P", bundle.folder, "-P", bundle.folder + "/.pid.new",
                    "-e", "trace=\(call)", "-e", "inject=\(call):signal=KILL",
                ]
                let create = ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id]
                let outcome = try Program.run(strace + bundle.words(create, log: "/dev/null"))
                #expect(call == "renameat2" || call == "write" || outcome.exit != 0 || !isThere && call == "unlinkat")
                let new = Set(Files.names(bundle.folder)).subtracting(before).subtracting(["pid"])
                #expect(new.isEmpty, "\(call): \(new)")
                _ = try bundle.delete(force: true)
                bundle.expectNothingLeft()
            }
            expectSuccess(try bundle.create())
            #expect(bundle.pid > 0 && !Processes.isGone(bundle.pid))
        }
    }
}
