import Testing

/// Dummy network devices of the machine's own network namespace, of names that no other test has.
enum NetDevice {
    /// ip(8); the test fails where it does.
    @discardableResult
    static func ip(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try Program.run(["ip"] + words.words)
        #expect(outcome.exit == 0, "ip \(words): \(outcome.said)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Runs `body` with the name of a new device, and removes it where it is still here.
    static func with(_ body: (String) throws -> Void) throws {
        let name = "d\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        try ip("link add \(name) type dummy")
        defer { _ = try? Program.run(["ip", "link", "delete", name]) }
        try body(name)
    }

    /// Whether the machine's network namespace has it.
    static func isHere(_ name: String) -> Bool { Files.exists("/sys/class/net/" + name) }
}
