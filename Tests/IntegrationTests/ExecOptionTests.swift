import Glibc
import Testing

/// The options of `exec` that change the process of config.json (WhatCallersExpect, "Exec").
@Suite("Exec, options", .inMachine)
struct ExecOptionTests {
    @Test("options change the process: user, groups, directory, environment, privileges", .unless("exec-options"))
    func options() throws {
        try Bundle.running({
            $0["process"]["noNewPrivileges"] = false
            $0["process"]["user"]["additionalGids"] = [7]
        }) { bundle in
            let output = try bundle.output(
                ofExec: "id; pwd; echo $A; echo $TERM; echo $HOME; grep NoNewPrivs /proc/self/status", "--user",
                "1000:1000",
                "--additional-gids", "5", "--additional-gids=6", "--cwd", "/etc", "-e", "A=b=c", "-e", "TERM=none",
                "--no-new-privs"
            )
            #expect(
                output.lines == [
                    "uid=1000(tester) gid=1000(tester) groups=5,6,7", "/etc", "b=c", "none", "/home/tester",
                    "NoNewPrivs:\t1",
                ])
            #expect(try bundle.output(ofExec: "id -u; id -g", "-u", "1000") == "1000\n0\n")
        }
    }

    @Test("options end at the id: what follows is the program's")
    func words() throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec(["/bin/echo", "--cwd", "/nowhere", "-n", "--help"])
            #expect(outcome.output == "--cwd /nowhere -n --help\n")
        }
    }

    /// The capability sets in /proc/self/status.
    private func capabilities(_ bundle: Bundle, _ options: String...) throws -> [String: String] {
        let outcome = try bundle.exec(["/bin/grep", "Cap", "/proc/self/status"], options)
        var sets: [String: String] = [:]
        for line in outcome.output.lines where line.words.count == 2 { sets[line.words[0]] = line.words[1] }
        #expect(sets.count == 5, "\(outcome.said)")
        return sets
    }

    @Test(
        "--cap adds to what the process has, never to what it hands on (CVE-2022-29162, CVE-2022-27650)",
        .unless("exec-cap"))
    func capabilityOption() throws {
        let own = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        try Bundle.running { bundle in
            let sets = try capabilities(bundle, "--cap", "CAP_NET_RAW", "--cap=CAP_SYS_TIME")
            let more = Capability.mask(own + ["CAP_NET_RAW", "CAP_SYS_TIME"])
            #expect(
                sets
                    == ["CapBnd:": more, "CapPrm:": more, "CapEff:": more].merging(
                        ["CapInh:": Capability.mask([]), "CapAmb:": Capability.mask([])]) { one, _ in one })
        }
    }

    @Test("an ambient capability is handed on if it is inheritable in config.json", .unless("exec-ambient"))
    func ambientOption() throws {
        try Bundle.running({
            let names: JSON = ["CAP_KILL", "CAP_NET_RAW"]
            for set in ["bounding", "permitted", "effective", "inheritable"] {
                $0["process"]["capabilities"][set] = names
            }
        }) { bundle in
            let sets = try capabilities(bundle, "--cap", "CAP_NET_RAW", "--user", "1000")
            #expect(sets["CapAmb:"] == Capability.mask(["CAP_NET_RAW"]))
            #expect(sets["CapInh:"] == Capability.mask(["CAP_KILL", "CAP_NET_RAW"]))
        }
    }
}
