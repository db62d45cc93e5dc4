import Glibc
import Testing

/// Bytes that an image or a hook chose, in what the runtime prints. They must not command the reader's terminal, and
/// must not start a new line.
@Suite("Escaping", .inMachine, .oursOnly)
struct EscapingTests {
    /// Sets a title, turns red by C1's own ESC [, erases what was printed, and forges a line of the log.
    static let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{7f}\r\ntime=\"2026-11-22T01:23:54Z\" level=error msg=forged"

    /// The ways in which bytes of the image reach a message.
    enum Way: String, CaseIterable {
        case interpreter, loader, hook, stoppingHook, mountPoint

        func prepare(_ bundle: Bundle) throws {
            // a #! line ends at the first line end, and a space separates its words
            let word = evil.replacing("\r\n", with: "").replacing(" ", with: "_")
            let program = bundle.rootfs + "/program"
            switch self {
            case .interpreter: try Files.write(program, "#!/\(word)\n", mode: 0o755)
            case .loader: try Files.write(program, ELFProgram.bytes(loader: "/" + evil), mode: 0o755)
            case .hook, .stoppingHook:
                try Files.write(bundle.folder + "/hook", "#!/bin/sh\nprintf '%s' '\(evil)' >&2; exit 3\n", mode: 0o755)
            case .mountPoint: break
            }
            try bundle.edit {
                $0.args = ["/program"]
                switch self {
                case .interpreter, .loader: break
                case .hook, .stoppingHook:
                    let kind = self == .hook ? "prestart" : "poststop"
                    $0["hooks"] = [:]
                    $0["hooks"][kind] = [["path": .string(bundle.folder + "/hook")]]
                    if self == .stoppingHook { $0.args = ["/bin/false"] }
                case .mountPoint:
                    $0.args = ["/bin/false"]
                    $0.bind("/nowhere/" + evil, on: "/tmp")
                }
            }
        }

        private var evil: String { EscapingTests.evil }
    }

    private func expectPlain(_ text: String, lines: Int, _ what: String) {
        let commands = text.unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n") || (0x7F..<0xA0).contains($0.value)
        }
        #expect(commands.isEmpty, "\(what): \(commands.map { $0.value })")
        #expect(text.split(separator: "\n" as Character).count == lines, "\(what): \(text)")
    }

    @Test("a failure is one line without commands, on standard error and in both logs", arguments: Way.allCases)
    func failures(way: Way) throws {
        try Bundle.with { bundle in
            try way.prepare(bundle)
            for format in ["text", "json"] {
                let log = "\(bundle.folder)/log/\(format)"
                let words = [RuntimeUnderTest.path, "--root", bundle.state, "--log-format", format]
                let run = ["run", "--bundle", bundle.folder, bundle.id]
                let bare = try Program.run(words + run), logged = try Program.run(words + ["--log", log] + run)
                #expect(bare.exit == 1 && logged.exit == 1, "\(logged.said)")
                // a failing poststop hook is a warning, which goes only to the log if there is one
                expectPlain(bare.diagnostics, lines: 1, format)
                expectPlain(logged.diagnostics, lines: way == .stoppingHook ? 0 : 1, "\(format), bare")
                let text = try Files.text(log)
                expectPlain(text, lines: 1, "\(format) log")
                #expect(text.contains("owned"), "\(text)")
                if format == "json" {
                    let message = try JSON(text)["msg"].string ?? ""
                    #expect(message.unicodeScalars.contains("\u{1b}"), "JSON keeps what it escapes: \(text)")
                }
            }
        }
    }

    @Test("list, explain, validate, --trace and wrong words print no commands either")
    func results() throws {
        try Bundle.with { bundle in
            let folder = bundle.folder + "/" + Self.evil.replacing("/", with: "")
            try Files.makeFolder(folder)
            try bundle.edit {
                $0["root"]["path"] = .string(bundle.rootfs)
                $0.args = ["/bin/sleep", Self.evil]
                $0["process"]["env"] = [.string(Self.evil)]
                $0["process"]["cwd"] = .string("/tmp/" + Self.evil)
                $0[Self.evil] = .int(1)
                $0["linux"]["resources"]["unified"] = [:]
                $0.bind("/etc", on: "/tmp/" + Self.evil)
            }
            #expect(rename(bundle.folder + "/config.json", folder + "/config.json") == 0)
            let trace = bundle.folder + "/trace"
            let created = try bundle.call("--trace", trace, "create", "--bundle", folder, bundle.id)
            #expect(created.exit == 0, "\(created.said)")
            expectPlain(try bundle.call("list").output, lines: 2, "list")
            for words in [["explain"], ["validate"], ["validate", "--json"], ["explain", "--host", "none"]] {
                let outcome = try bundle.call(words + ["--bundle", folder])
                #expect(outcome.output.contains("owned"), "\(words): \(outcome.said)")
                expectPlain(
                    outcome.output, lines: outcome.output.lines.filter { !$0.hasPrefix("time=") }.count, "\(words)")
            }
            for verb in ["state", "list"] {
                let outcome = try bundle.call(verb == "list" ? ["list", "--format", "json"] : [verb, bundle.id])
                expectPlain(outcome.output, lines: outcome.output.lines.count, verb)
                #expect(outcome.output.contains("owned"))
            }
            expectPlain(
                try Files.text(trace), lines: try Files.text(trace).lines.filter { $0.hasPrefix("{") }.count, "trace")
            let wrong = try bundle.call("run", "--" + Self.evil)
            expectPlain(wrong.output, lines: wrong.output.lines.filter { !$0.hasPrefix("time=") }.count, "misuse")
            expectPlain(try bundle.call("delete", "--force", bundle.id).diagnostics, lines: 0, "delete")
        }
    }
}

/// An x86_64 program that names a loader and has no other content.
enum ELFProgram {
    static func bytes(loader: String) -> [UInt8] {
        let path = Array(loader.utf8) + [0]
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        func add(_ number: UInt64, _ size: Int) {
            for index in 0..<size { bytes.append(UInt8(number >> (8 * index) & 0xFF)) }
        }
        // e_type, e_machine, e_version, e_entry, e_phoff, e_shoff, e_flags
        for (number, size) in [(2, 2), (62, 2), (1, 4), (0x40_0000, 8), (64, 8), (0, 8), (0, 4)] {
            add(UInt64(number), size)
        }
        // e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx
        for number in [64, 56, 1, 0, 0, 0] { add(UInt64(number), 2) }
        // PT_INTERP, readable, behind the headers
        for (number, size) in [(3, 4), (4, 4), (120, 8), (0x40_0078, 8), (0x40_0078, 8)] { add(UInt64(number), size) }
        for number in [path.count, path.count, 1] { add(UInt64(number), 8) }
        return bytes + path
    }
}
