import Base
import Testing

@testable import Runtime

@Suite("explain")
struct ExplainTests {
    @Test("there are fixtures")
    func fixtures() {
        #expect(Fixtures.names("good").count >= 10)
        #expect(Fixtures.names("bad").count >= 10)
    }

    @Test("the script of each good fixture is its explain.txt", arguments: Fixtures.names("good"))
    func golden(name: String) throws {
        let bytes = try #require(Fixtures.bytes("good/\(name)/config.json"))
        let expected = try #require(Fixtures.text("good/\(name)/explain.txt"))
        #expect(try Fixtures.script(bytes).explanation == expected)
    }

    @Test("each bad fixture is refused with the line of its error.txt", arguments: Fixtures.names("bad"))
    func refusal(name: String) throws {
        let bytes = try #require(Fixtures.bytes("bad/\(name)/config.json"))
        var expected = try #require(Fixtures.text("bad/\(name)/error.txt"))
        if expected.last == "\n" { expected.removeLast() }
        let failure = #expect(throws: Failure.self) { try Fixtures.script(bytes) }
        #expect(failure?.line == expected)
    }
}
