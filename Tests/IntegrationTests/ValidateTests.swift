import Glibc
import Testing

/// `validate` reports everything that is wrong at once, and `create` refuses the same.
@Suite("Validate", .inMachine, .oursOnly)
struct ValidateTests {
    /// What `validate --json` prints, and its status.
    private func validate(_ bundle: Bundle, _ options: String...) throws -> (exit: Int32, found: JSON) {
        let outcome = try bundle.call(["validate", "--json", "--bundle", bundle.folder] + options)
        return (outcome.exit, try JSON(outcome.output))
    }

    /// Level, code and place of each problem.
    private func lines(_ found: JSON) -> [String] {
        found["problems"].items.map {
            ["level", "code", "pointer"].map { [problem = $0] key in problem[key].string ?? "?" }.joined(separator: " ")
        }
    }

    @Test("this host has nothing to say against the bundle that all tests begin with")
    func standard() throws {
        try Bundle.with { bundle in
            let outcome = try bundle.call("validate", "--bundle", bundle.folder)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output == "config.json: no problems\n")
            let (exit, found) = try validate(bundle)
            #expect(exit == 0)
            #expect(found["valid"] == .bool(true))
            #expect(found["problems"] == .array([]))
        }
    }

    @Test("all problems at once; create reports the first of them")
    func all() throws {
        try Bundle.with {
            $0["process"]["cwd"] = "relative"
            $0["process"]["oomScoreAdj"] = 5000
            $0["linux"]["namespaces"].append(["type": "pid"])
            $0["linux"]["sysctl"]["kernel.panic"] = "1"
            $0["proces"] = "x"
        } _: { bundle in
            let (exit, found) = try validate(bundle)
            #expect(exit == 1)
            #expect(found["valid"] == .bool(false))
            #expect(
                lines(found).sorted() == [
                    "error duplicate-namespace /linux/namespaces/6", "error forbidden /linux/sysctl/kernel.panic",
                    "error out-of-range /process/oomScoreAdj", "error relative-path /process/cwd",
                    "warning unknown-key /proces",
                ])
            #expect(found["problems"].items.contains { $0["hint"].string == "did you mean \"process\"?" })
            expectFailure(try bundle.create(), "Cwd must be an absolute path", at: "/process/cwd")
        }
    }

    @Test("what this host lacks is reported, unless --host none was given")
    func host() throws {
        try Bundle.with {
            $0.mount("/x", type: "nosuchfs")
            $0["linux"]["resources"]["unified"]["nosuch.max"] = "1"
            $0["root"]["path"] = "nowhere"
            $0["hooks"]["poststop"] = [["path": "/no/hook"]]
        } _: { bundle in
            let (exit, found) = try validate(bundle)
            #expect(exit == 1)
            #expect(
                lines(found).sorted() == [
                    "error missing-controller /linux/resources/unified/nosuch.max", "error missing-file /root/path",
                    "warning missing-feature /mounts/7/type", "warning missing-file /hooks/poststop/0/path",
                ])
            #expect(found["problems"].items.allSatisfy { $0["about"].string == "host" })
            let alone = try validate(bundle, "--host", "none").found
            #expect(alone["problems"] == .array([]))
        }
    }

    @Test("validate needs no privilege, and does nothing")
    func unprivileged() throws {
        try Bundle.with { bundle in
            chmod(bundle.folder, 0o755)
            let words = bundle.words(["validate", "--bundle", bundle.folder], log: "/dev/null")
            let outcome = try Program.run(
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + words)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(Files.names(bundle.state) == [])
            bundle.expectNothingLeft()
        }
    }

    @Test("a bundle without config.json is a failure and no problem")
    func nothing() throws {
        try Bundle.with { bundle in
            Files.remove(bundle.folder + "/config.json")
            expectFailure(
                try bundle.call("validate", "--bundle", bundle.folder), "JSON specification file config.json not found")
        }
    }
}
