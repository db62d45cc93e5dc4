import Testing

/// Dummy network devices in the machine's network namespace, with names that no other test uses.
enum NetDevice {
    /// Calls ip(8). The test fails if the call fails.
    @discardableResult
    static func ip(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try Program.run(["ip"] + words.words)
        #expect(outcome.exit == 0, "ip \(words): \(outcome.said)", sourceLocation: sourceLocation)
        return outcome.output
    }

    /// Runs `body` with the name of a new device, and removes the device if it is still here.
    static func with(_ body: (String) throws -> Void) throws {
        let name = "d\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        try ip("link add \(name) type dummy")
        defer { _ = try? Program.run(["ip", "link", "delete", name]) }
        try body(name)
    }

    /// Whether the machine's network namespace has it.
    static func isHere(_ name: String) -> Bool { Files.exists("/sys/class/net/" + name) }
}
