import Glibc
import Testing

/// `explain` and `--trace`: what would be done, and what was done.
@Suite("Explain and trace", .inMachine, .oursOnly)
struct TraceTests {
    /// The lines of a side, without the pointers.
    private static func steps(_ explanation: String, _ letter: String) -> [String] {
        explanation.lines.filter { $0.hasPrefix("  \(letter)  ") }.map { line in
            let text = String(line.dropFirst(5))
            guard let pointer = text.firstRange(of: "  [/") else { return text }
            return String(text[..<pointer.lowerBound])
        }
    }

    @Test("--trace names every step that explain names, in the order of each side, with its times and its place")
    func trace() throws {
        try Bundle.with {
            $0["linux"]["sysctl"]["net.ipv4.ip_forward"] = "1"
            $0["process"]["oomScoreAdj"] = 5
            $0["hooks"]["createRuntime"] = [["path": "/bin/true"]]
            $0["hooks"]["startContainer"] = [["path": "/bin/true"]]
        } _: { bundle in
            let file = bundle.folder + "/trace"
            let explained = try bundle.call("explain", "--bundle", bundle.folder)
            #expect(explained.exit == 0, "\(explained.said)")
            let outcome = try bundle.call(["--trace", file, "run", "--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit == 0, "\(outcome.said)")
            let lines = try Files.text(file).lines.map { try JSON($0) }
            #expect(lines.allSatisfy { ($0["duration"].int ?? -1) >= 0 && ($0["start"].int ?? -1) >= 0 })
            for (side, letter) in [("host", "H"), ("inside", "I")] {
                let done = lines.filter { $0["side"].string == side && $0["step"].string != "sync" }
                let named = done.compactMap { $0["summary"].string?.replacing(bundle.id, with: "container") }
                #expect(
                    named == Self.steps(explained.output, letter).map { $0.replacing(bundle.id, with: "container") })
            }
            #expect(lines.contains { $0["pointer"].string == "/mounts/0" && $0["step"].string == "mount" })
        }
    }

    @Test("the failed step is in the trace, with the kernel's answer")
    func failure() throws {
        try Bundle.with({ $0.mount("/x", type: "nothing") }) { bundle in
            let file = bundle.folder + "/trace"
            expectFailure(
                try bundle.call(["--trace", file, "run", "--bundle", bundle.folder, bundle.id]), "no such device",
                at: "/mounts/7")
            let failed = try Files.text(file).lines.map { try JSON($0) }.filter { $0["errno"].string != nil }
            #expect(failed.count == 1)
            #expect(failed.first?["errno"].string == "ENODEV")
            #expect(failed.first?["pointer"].string == "/mounts/7")
        }
    }

    @Test("explain needs no privilege, and does nothing")
    func unprivileged() throws {
        try Bundle.with { bundle in
            chmod(bundle.folder, 0o755)
            let words = bundle.words(["explain", "--bundle", bundle.folder], log: "/dev/null")
            let outcome = try Program.run(
                ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] + words)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output.contains("pivot_root"))
            #expect(Files.names(bundle.state) == [])
            bundle.expectNothingLeft()
        }
    }
}
