import Testing

@testable import OCI

@Suite("Did you mean")
struct SpellingTests {
    private static let words: [StaticString] = ["hostname", "domainname", "hooks", "root", "args", "env"]

    @Test(
        "a word that is a few changes away is suggested",
        arguments: [
            ("hostName", "hostname"), ("hostnam", "hostname"), ("hsotname", "hostname"), ("hostnames", "hostname"),
            ("host_name", "hostname"), ("hook", "hooks"), ("rot", "root"), ("envs", "env"), ("ARGS", "args"),
        ])
    func near(text: String, word: String) {
        #expect(Spelling.nearest(to: text, among: Self.words).map { "\($0)" } == word)
    }

    @Test("no suggestion if no word is near", arguments: ["", "x", "process", "ab", "argument", "hst", "name"])
    func far(text: String) { #expect(Spelling.nearest(to: text, among: Self.words) == nil) }

    @Test("a hostile, very long text is near to no word")
    func long() { #expect(Spelling.nearest(to: String(repeating: "a", count: 1 << 20), among: Self.words) == nil) }

    @Test("the distance is that of optimal string alignment, up to the bound")
    func distance() {
        func distance(_ one: String, _ other: String, _ most: Int = 9) -> Int? {
            Spelling.distance(Array(one.utf8), Array(other.utf8), atMost: most)
        }
        #expect(distance("kitten", "sitting") == 3)
        #expect(distance("ca", "abc") == 3)
        #expect(distance("abcd", "abdc") == 1)
        #expect(distance("", "abc") == 3)
        #expect(distance("kitten", "sitting", 2) == nil)
    }
}
