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
        for name in Files.names(Host.sources + "/Tests/IntegrationTests") where name.hasSuffix(".swift") {
            sources += try Files.text(Host.sources + "/Tests/IntegrationTests/" + name)
        }
        for line in Difference.lines {
            let difference = Difference(line)
            #expect(difference != nil, "\(line)")
            guard let name = difference?.name, !name.hasPrefix("sees:") else { continue }
            #expect(sources.contains("\"\(name)\""), "no test names \(name)")
        }
    }
}
