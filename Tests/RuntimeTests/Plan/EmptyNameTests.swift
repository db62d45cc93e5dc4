import Testing

@testable import Runtime

@Suite("Names that are empty")
struct EmptyNameTests {
    @Test("an empty hostname or domainname is none: it would be set on the host")
    func notPlanned() throws {
        for properties in [#""hostname": "","#, #""domainname": "","#] {
            for linux in ["", #""namespaces": [{"type": "uts"}]"#] {
                let kinds = try Fixtures.insideSteps(properties, linux: linux).map(\.word)
                #expect(!kinds.contains("hostname") && !kinds.contains("domainname"), "\(properties) \(linux)")
            }
        }
        let steps = try Fixtures.insideSteps(#""hostname": "a","#, linux: #""namespaces": [{"type": "uts"}]"#)
        #expect(steps.contains(.hostname(Hostname(name: "a"))))
    }
}
