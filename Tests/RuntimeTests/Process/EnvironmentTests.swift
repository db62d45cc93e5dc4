import Base
import Testing

@testable import Runtime

@Suite("The environment of the process")
struct EnvironmentTests {
    @Test("of a name given twice the last counts, at the place of the first")
    func duplicates() throws {
        #expect(try Environment(["A=1", "B=2", "A=3", "AB=4"]).entries == ["A=3", "B=2", "AB=4"])
        #expect(try Environment(nil).entries == [])
        #expect(try Environment(["A==x=y", "B="]).entries == ["A==x=y", "B="])
        // Equal as texts, different as bytes: two names.
        #expect(try Environment(["\u{E9}=1", "e\u{301}=2"]).entries.count == 2)
    }

    @Test("values are found by the whole name")
    func values() throws {
        let environment = try Environment(["PATHS=a", "XPATH=b", "PATH=/bin:/usr/bin", "E=", "U=\u{E9}=\u{301}"])
        #expect(environment.value(of: "PATH") == "/bin:/usr/bin")
        #expect(environment.value(of: "E") == "")
        #expect(environment.value(of: "PAT") == nil)
        #expect(environment.value(of: "U") == "\u{E9}=\u{301}")
    }

    @Test(
        "a wrong entry is reported by its place, without its text",
        arguments: [
            (["A=1", "secret"], 1), (["=secret"], 0), ([""], 0), (["A=secret\0", "B=1"], 0), (["A\0=secret"], 0),
        ])
    func wrong(entries: [String], index: Int) {
        let failure = #expect(throws: Failure.self) { try Environment(entries) }
        #expect(failure?.pointer == "/process/env/\(index)")
        #expect(failure?.line.contains("secret") == false)
    }

    @Test("HOME is added if it is missing or empty")
    func home() throws {
        let missing = try Environment(["A=1"])
        #expect(missing.needsHome)
        #expect(missing.withHome("/root").entries == ["A=1", "HOME=/root"])
        #expect(missing.withHome(nil).entries == ["A=1", "HOME=/"])
        let empty = try Environment(["HOME=", "A=1"])
        #expect(empty.needsHome)
        #expect(empty.withHome("/root").entries == ["HOME=/root", "A=1"])
        #expect(try !Environment(["HOME=/x"]).needsHome)
    }
}
