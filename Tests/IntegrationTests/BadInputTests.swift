import Glibc
import Testing

/// Broken config.json files and bundles: one clear line each, a non-zero exit, nothing left behind.
@Suite("Bad input", .inMachine)
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// Changes the text of a good config.json.
        var change: @Sendable (String) -> String
        /// The place that the error must point to; "" for the whole text, nil if the JSON itself is broken.
        var pointer: String?
        /// A line of differences.txt, if another runtime accepts it.
        var difference: String?

        init(
            _ name: String, at pointer: String? = nil, unless difference: String? = nil,
            _ change: @escaping @Sendable (String) -> String
        ) {
            (self.name, self.change, self.pointer, self.difference) = (name, change, pointer, difference)
        }

        var testDescription: String { name }
    }

    /// Puts `text` in front of the members of the top object.
    private static func member(_ text: String) -> @Sendable (String) -> String {
        { "{" + text + "," + $0.dropFirst() }
    }

    /// Puts a member into `process`.
    private static func process(_ text: String) -> @Sendable (String) -> String {
        { $0.replacing("\"process\":{", with: "\"process\":{" + text + ",") }
    }

    static let cases: [Case] = [
        Case("empty") { _ in "" },
        Case("white space") { _ in " \n\t " },
        Case("no JSON") { _ in "#!/bin/sh\n" },
        Case("an array", at: "") { "[\($0)]" },
        Case("a string", at: "") { _ in "\"config\"" },
        Case("null", at: "", unless: "json-null") { _ in "null" },
        Case("cut in the middle") { String($0.prefix($0.count / 2)) },
        Case("one brace short") { String($0.dropLast()) },
        Case("something after the end", unless: "json-lax") { $0 + "{}" },
        Case("a comma too many") { String($0.dropLast()) + ",}" },
        Case("a comment", unless: "json-comments") { "/* hello */" + $0 },
        Case("single quotes") { $0.replacing("\"ociVersion\"", with: "'ociVersion'") },
        Case("NaN", process("\"oomScoreAdj\":NaN")),
        Case("Infinity", process("\"oomScoreAdj\":Infinity")),
        Case("a leading zero", process("\"oomScoreAdj\":012")),
        Case("a plus sign", process("\"oomScoreAdj\":+1")),
        Case("a hexadecimal number", process("\"oomScoreAdj\":0x10")),
        Case("a raw newline in a string", member("\"hostname\":\"a\nb\"")),
        Case("a control byte in a string", unless: "json-lax", member("\"x\":\"a\u{1}b\"")),
        Case("a wrong escape", member("\"x\":\"\\q\"")),
        Case("half a surrogate pair", unless: "json-lax", member("\"x\":\"\\ud800\"")),
        Case("depth without end", member("\"x\":" + String(repeating: "[", count: 100_000))),
        Case(
            "depth beyond reason", unless: "json-depth",
            member("\"x\":" + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))),
        Case("a key twice", at: "/hostname", unless: "json-lax") { "{\"hostname\":\"other\"," + $0.dropFirst() },
        Case("NUL in a key", unless: "json-lax", member("\"a\\u0000b\":1")),
        Case("NUL in a path", at: "/root/path", unless: "nul-bytes") {
            $0.replacing("\"path\":\"rootfs\"", with: "\"path\":\"rootfs\\u0000x\"")
        },
        Case("NUL in a word", at: "/process/args/0", unless: "nul-bytes") {
            $0.replacing("\"args\":[\"/bin/true\"]", with: "\"args\":[\"/bin/true\\u0000x\"]")
        },
        Case("a number out of range", at: "/process/oomScoreAdj", process("\"oomScoreAdj\":5000")),
        Case(
            "a number beyond 64 bits", at: "/process/oomScoreAdj", unless: "numbers-cut",
            process("\"oomScoreAdj\":99999999999999999999")),
        Case(
            "a fraction for an integer", at: "/process/oomScoreAdj", unless: "numbers-cut",
            process("\"oomScoreAdj\":1.5")),
        Case("an exponent without digits", process("\"oomScoreAdj\":1e")),
        Case(
            "a string for a number", at: "/process/oomScoreAdj", unless: "numbers-cut", process("\"oomScoreAdj\":\"5\"")
        ),
        Case("a number for a boolean", at: "/process/terminal", unless: "wrong-types", process("\"terminal\":1")),
        Case(
            "a string for an object", at: "/process", unless: "wrong-types",
            { $0.replacing("\"process\":{", with: "\"process\":\"x\",\"x\":{") }),
        Case(
            "an object for an array", at: "/process/args", unless: "wrong-types",
            {
                $0.replacing("\"args\":[\"/bin/true\"]", with: "\"args\":{\"0\":\"/bin/true\"}")
            }),
        Case(
            "a number among strings", at: "/process/args/0", unless: "wrong-types",
            {
                $0.replacing("\"args\":[\"/bin/true\"]", with: "\"args\":[7]")
            }),
        Case(
            "no ociVersion", at: "", unless: "version-unchecked",
            { $0.replacing("\"ociVersion\"", with: "\"other\"") }),
        Case(
            "an ociVersion of another time", at: "/ociVersion", unless: "version-unchecked",
            {
                $0.replacing("\"1.0.2\"", with: "\"2.0.0\"")
            }),
        Case(
            "an ociVersion that is no version", at: "/ociVersion", unless: "version-unchecked",
            {
                $0.replacing("\"1.0.2\"", with: "\"one\"")
            }),
        Case("no cwd", at: "/process", unless: "process-unchecked", { $0.replacing("\"cwd\"", with: "\"other\"") }),
        Case(
            "no user's uid", at: "/process/user", unless: "required-absent",
            { $0.replacing("\"uid\":0,", with: "") }),
        Case(
            "a mount without destination", at: "/mounts/0", unless: "required-absent",
            {
                $0.replacing("\"destination\":\"/proc\",", with: "")
            }),
        Case(
            "a namespace without type", at: "/linux/namespaces/0",
            {
                $0.replacing("{\"type\":\"pid\"}", with: "{}")
            }),
        Case(
            "a limit without hard", at: "/process/rlimits/0", unless: "required-absent",
            {
                $0.replacing("\"hard\":1024,", with: "")
            }),
    ]

    @Test("a bad config.json is refused with the place of the error", arguments: cases)
    func config(wrong: Case) throws {
        if let difference = wrong.difference, Difference.applies(difference) { return }
        try Bundle.with { bundle in
            let good = try Files.text(bundle.folder + "/config.json"), bad = wrong.change(good)
            #expect(good != bad, "the case changes nothing")
            try Files.write(bundle.folder + "/config.json", bad)
            let outcome = try bundle.create()
            expectFailure(outcome, "", at: wrong.pointer == "" ? nil : wrong.pointer)
            #expect(outcome.diagnostics.utf8.count < 4096, "not one clear line")
            if wrong.pointer == nil, RuntimeUnderTest.isOurs {
                #expect(outcome.diagnostics.contains("config.json"), "\(outcome.said)")
                let place = /line \d+, column \d+/
                #expect(outcome.diagnostics.contains(place) || bad.trimmed.isEmpty, "\(outcome.said)")
            }
            bundle.expectNothingLeft()
        }
    }

    @Test("unknown properties are ignored everywhere")
    func unknownProperties() throws {
        try Bundle.with({
            for key in ["process", "root", "linux"] {
                $0[key]["org.example.new"] = ["a": [1, .number("2.5e3"), "x", ["b": false]]]
            }
            $0["future"] = [[]]
            $0["mounts"][0]["x"] = true
            $0["linux"]["namespaces"][0]["x"] = 1
        }) { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test(
        "every 1.x version is taken", .unless("versions-newer"),
        arguments: ["1.0.0", "1.0.2-dev", "1.1.0", "1.3.0", "1.9.7"])
    func versions(version: String) throws {
        try Bundle.with({ $0["ociVersion"] = .string(version) }) { bundle in
            expectSuccess(try bundle.create())
        }
    }

    @Test("a byte order mark, and bytes that are no UTF-8, are refused", .unless("json-lax"))
    func bytes() throws {
        try Bundle.with { bundle in
            let path = bundle.folder + "/config.json", good = try Files.bytes(path)
            try Files.write(path, [0xef, 0xbb, 0xbf] + good)
            expectFailure(try bundle.create(), "")
            let bad: [UInt8] = Array("{\"x\":\"".utf8) + [0xff, 0xc0, 0x80] + Array("\",".utf8) + good.dropFirst()
            try Files.write(path, bad)
            expectFailure(try bundle.create(), "")
            bundle.expectNothingLeft()
        }
    }

    @Test("config.json absent, a folder, a FIFO, a device, a socket, or unreadable")
    func files() throws {
        try Bundle.with { bundle in
            let path = bundle.folder + "/config.json"
            unlink(path)
            expectFailure(try bundle.create(), "JSON specification file config.json not found")
            try Files.makeFolder(path)
            expectFailure(try bundle.create(), RuntimeUnderTest.isOurs ? "not a regular file" : "directory")
            rmdir(path)
            if !Difference.applies("config-file-type") {
                mkfifo(path, 0o644)
                expectFailure(try bundle.create(), "")
                unlink(path)
                symlink("/dev/zero", path)
                expectFailure(try bundle.create(), "")
                unlink(path)
            }
            symlink("nowhere", path)
            expectFailure(try bundle.create(), "JSON specification file config.json not found")
            unlink(path)
            bundle.expectNothingLeft()
        }
    }

    @Test("a huge config.json is refused at once, without reading it", .unless("config-file-type"))
    func huge() throws {
        try Bundle.with { bundle in
            let number = open(bundle.folder + "/config.json", O_WRONLY | O_CLOEXEC)
            #expect(ftruncate(number, 1 << 33) == 0)
            close(number)
            let start = Clock.now
            expectFailure(try bundle.create(), "")
            #expect(Clock.now - start < 20)
            bundle.expectNothingLeft()
        }
    }

    @Test("a bundle that is absent, or a file")
    func bundleFolder() throws {
        try Bundle.with { bundle in
            for folder in ["/nowhere", bundle.folder + "/config.json", ""] {
                let outcome = try bundle.call("create", "--bundle", folder, bundle.id)
                if folder.isEmpty, outcome.exit == 0 { continue }
                expectFailure(outcome, "")
            }
        }
    }

    @Test(
        "a known but unsupported property is an error with its place, never silently ignored", .oursOnly,
        arguments: [
            ("/process/terminal", "\"terminal\":true"),
            ("/process/apparmorProfile", "\"apparmorProfile\":\"none-such\""),
            ("/process/selinuxLabel", "\"selinuxLabel\":\"system_u:system_r:x_t:s0\""),
        ])
    func undone(pointer: String, member: String) throws {
        try Bundle.with { bundle in
            let path = bundle.folder + "/config.json"
            try Files.write(path, Self.process(member)(try Files.text(path)))
            expectFailure(try bundle.create(), "", at: pointer)
            bundle.expectNothingLeft()
        }
    }

    @Test("without root, or without cgroup v2, one clear line says so")
    func host() throws {
        try Bundle.with { bundle in
            let words = bundle.words(["create", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
            let user = try Program.run(["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"] + words)
            #expect(user.exit != 0, "\(user.said)")
            #expect(!user.diagnostics.isEmpty)
            let script = "umount -l /sys/fs/cgroup && mount -t tmpfs none /sys/fs/cgroup && exec \"$@\""
            let bare = try Program.run(["unshare", "--mount", "/bin/sh", "-c", script, "-"] + words)
            #expect(bare.exit != 0, "\(bare.said)")
            #expect(bare.diagnostics.lowercased().contains("cgroup"), "\(bare.said)")
            bundle.expectNothingLeft()
        }
    }
}
