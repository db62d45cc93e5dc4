import Testing

/// Container ids: which words are ids (WhatCallersExpect, "Ids").
@Suite("Container ids", .inMachine)
struct ContainerIDTests {
    @Test("letters, digits, _ + . - make an id", .unless("id-rules"), arguments: ["a", "A-b_c.d+e", "0", "a..b", "-x"])
    func good(id: String) throws {
        try Bundle.with { bundle in
            let id = id + bundle.id
            expectSuccess(try bundle.call("create", "--bundle", bundle.folder, "--", id))
            #expect(try bundle.call("state", "--", id).exit == 0)
            expectSuccess(try bundle.call("delete", "--force", "--", id))
        }
    }

    @Test(
        "other ids are refused by create and run, and nothing is made", .unless("id-rules"),
        arguments: [
            ("..", "invalid container ID format"), (".", "invalid container ID format"),
            ("a/b", "invalid container ID format"), ("/", "invalid container ID format"),
            ("../x", "invalid container ID format"), ("a b", "invalid container ID format"),
            ("a:b", "invalid container ID format"), ("a\nb", "invalid container ID format"),
            ("caf\u{e9}", "invalid container ID format"), ("", "container id cannot be empty"),
        ])
    func bad(id: String, words: String) throws {
        try Bundle.with { bundle in
            for verb in ["create", "run"] {
                expectFailure(try bundle.call(verb, "--bundle", bundle.folder, id), words)
                #expect(Files.names(bundle.state) == [])
            }
        }
    }

    @Test("a wrong id names no container", .unless("id-rules"), arguments: ["..", ".", "a/b", ""])
    func noContainer(id: String) throws {
        try Bundle.with { bundle in
            for verb in ["state", "start", "kill", "delete"] {
                let outcome = try bundle.call(verb, id)
                #expect(outcome.exit == 1, "\(verb): \(outcome.said)")
                #expect(!outcome.diagnostics.isEmpty)
            }
            #expect(Files.isFolder(bundle.state), "the state folder itself is gone")
        }
    }

    @Test("an id too long for a file name is a failure that leaves nothing")
    func long() throws {
        try Bundle.with { bundle in
            let long = String(repeating: "x", count: 300)
            expectFailure(try bundle.call("create", "--bundle", bundle.folder, long), "file name too long")
            #expect(Files.names(bundle.state) == [])
        }
    }
}
