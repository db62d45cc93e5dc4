import Glibc
import Testing

/// Things of which a config.json or an image can have very many: twice as many take twice the time, not four times.
@Suite("Very many", .inMachine)
struct ManyTests {
    /// A list of config.json, and a verb that reads it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var verb: String
        var edit: @Sendable (inout JSON, Int) -> Void
        var testDescription: String { "\(verb): \(name)" }
    }

    static let cases = [
        Case(name: "masked paths", verb: "explain") { config, count in
            config["linux"]["maskedPaths"] = .words((0..<count).map { "/masked/\($0)" })
        },
        Case(name: "binds in a user namespace", verb: "explain") { config, count in
            config.mapUsers()
            config["mounts"] = .array(
                (0..<count).map { ["destination": .string("/\($0)"), "source": "/", "options": ["bind"]] })
        },
        Case(name: "network devices", verb: "explain") { config, count in
            config["linux"]["netDevices"] = .object(
                (0..<count).map { JSON.Member(key: "e\($0)", value: ["name": .string("f\($0)")]) })
        },
        Case(name: "device rules", verb: "explain") { config, count in
            config["linux"]["resources"]["devices"] = .array(
                (0..<count).map {
                    ["allow": true, "type": "c", "major": .int($0 % 4000), "minor": .int($0), "access": "r"]
                })
        },
        Case(name: "devices", verb: "validate") { config, count in
            config["linux"]["devices"] = .array(
                (0..<count).map {
                    ["path": .string("/dev/x\($0)"), "type": "c", "major": .int($0 % 4000), "minor": .int($0)]
                })
        },
        Case(name: "problems", verb: "validate") { config, count in
            config["linux"]["namespaces"] = .array((0..<count).map { _ in ["type": "mount"] })
        },
    ]

    /// The processor time of a call that succeeds or says what is wrong.
    private func time(_ bundle: Bundle, _ one: Case, _ count: Int) throws -> Double {
        var config = try JSON.standard()
        one.edit(&config, count)
        try bundle.write(config)
        var best = Double.infinity
        for _ in 0..<3 {
            let start = Clock.now
            let outcome = try bundle.call(one.verb, "--bundle", bundle.folder)
            #expect(outcome.exit < 2, "\(outcome.said.prefix(1000))")
            best = min(best, Clock.now - start)
        }
        return best
    }

    @Test("the time of explain and validate grows with the list, not with its square", .oursOnly, arguments: cases)
    func lists(one: Case) throws {
        try Bundle.with { bundle in
            let some = try time(bundle, one, 3000)
            let many = try time(bundle, one, 12000)
            #expect(many < some * 9 || many < 0.1, "3,000: \(some) s; 12,000: \(many) s")
        }
    }

    @Test("15,000 masked paths are masked in little time", .oursOnly)
    func masks() throws {
        try Bundle.with { bundle in
            let count = 15000
            try bundle.edit {
                $0["linux"]["maskedPaths"] = .words((0..<count).map { "/masked/\($0)" })
                $0.shell("grep -c ' /masked/' /proc/self/mountinfo; cat /masked/0 /masked/14999 | wc -c")
            }
            try Files.makeFolder(bundle.rootfs + "/masked")
            #expect(mount("tmpfs", bundle.rootfs + "/masked", "tmpfs", 0, nil) == 0)
            defer { umount2(bundle.rootfs + "/masked", 2) }
            for index in 0..<count { try Files.write("\(bundle.rootfs)/masked/\(index)", "secret\n") }
            let start = Clock.now
            let outcome = try bundle.run()
            let took = Clock.now - start
            #expect(outcome.output.lines.map(\.trimmed) == ["15000", "0"], "\(outcome.said.prefix(1000))")
            #expect(took < 10, "it took \(took) s")
        }
    }

    @Test("mounts on a path of 2,000 folders that do not exist yet", .oursOnly)
    func deep() throws {
        try Bundle.with { bundle in
            try bundle.edit { config in
                let path = String(repeating: "/d", count: 2000)
                config.mount("/tmp")
                for index in 0..<5 { config.mount("/tmp/\(index)\(path)") }
                config.shell("grep -c /d/d/d /proc/self/mountinfo")
            }
            let start = Clock.now
            let outcome = try bundle.run()
            let took = Clock.now - start
            #expect(outcome.output == "5\n", "\(outcome.said.prefix(1000))")
            #expect(took < 10, "it took \(took) s")
        }
    }
}
