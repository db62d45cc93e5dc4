import Testing

/// `list` as callers read it, before there is a container.
@Suite("Lists", .inMachine, .unless("command-line"))
struct ListTests {
    @Test("an empty list is an array, as Apple's containerization decodes it", .unless("list-empty"))
    func empty() throws {
        try Bundle.with { bundle in
            let outcome = try bundle.call("list", "--format", "json")
            #expect(outcome.output == "[]\n")
        }
    }

    @Test(
        "a container that is still being made has a time in its record; without it Go cannot read the list", .oursOnly)
    func creating() throws {
        try Bundle.with { bundle in
            let notes = bundle.folder
            try bundle.edit {
                let list = "\(RuntimeUnderTest.path) --root \(bundle.state) list --format json > \(notes)/list"
                $0["hooks"]["createRuntime"] = [HookRuleTests.shell(list)]
            }
            expectSuccess(try bundle.create())
            let listed = try #require(try JSON(Files.text(notes + "/list")).items.first)
            #expect(listed["status"] == "creating")
            let created = try #require(listed["created"].string)
            #expect(created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil, "\(created)")
            // The container's age counts from its first record.
            let state = try JSON(try bundle.call("state", bundle.id).output)
            #expect(state["created"].string == created)
        }
    }
}
