import Testing

/// What callers read where there is no container.
@Suite("An empty list", .inMachine, .unless("command-line"))
struct EmptyListTests {
    @Test("is an array, which Apple's containerization decodes it as (facts.md 6)", .unless("list-empty"))
    func json() throws {
        try Bundle.with { bundle in
            let outcome = try bundle.call("list", "--format", "json")
            #expect(outcome.output == "[]\n")
        }
    }
}
