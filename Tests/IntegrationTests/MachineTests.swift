import Testing

@Suite("The machine and the list of differences")
struct MachineTests {
    @Test(
        "in the machine nothing is missing: a skipped suite is a failure there",
        .enabled(if: Host.isMachine, "not in the machine"))
    func machine() {
        #expect(Host.missing == [])
    }

    @Test("each line of differences.txt has its four parts, and a test that relies on it")
    func differences() throws {
        #expect(!Difference.lines.isEmpty)
        var sources = ""
        for folder in ["/Tests/IntegrationTests/", "/Tests/IntegrationTests/Fixture/"] {
            for name in Files.names(Host.sources + folder) where name.hasSuffix(".swift") {
                sources += try Files.text(Host.sources + folder + name)
            }
        }
        for line in Difference.lines {
            let difference = Difference(line)
            #expect(difference != nil, "\(line)")
            guard let name = difference?.name, !name.hasPrefix("sees:") else { continue }
            let isUsed = sources.contains("\"\(name)\"")
            #expect(isUsed, "no test names \(name)")
        }
        for match in sources.matches(of: /(?:unless\(|unless: |applies\()"([a-z0-9-]+)"/) {
            let isListed = Difference.all.contains { $0.name == match.1 }
            #expect(isListed, "differences.txt has no line \(match.1)")
        }
    }
}
