import Base
import Testing

@testable import OCI

@Suite("Writing JSON")
struct WriterTests {
    @Test("the layouts")
    func layouts() {
        let hooks = Hooks(prestart: [], poststop: [Hook(path: "/a", args: ["a", "b"], timeout: 1)])
        #expect(
            hooks.json(.compact) == #"{"prestart":[],"poststop":[{"path":"/a","args":["a","b"],"timeout":1}]}"#)
        let lines = """
            {
            #"prestart": [],
            #"poststop": [
            ##{
            ###"path": "/a",
            ###"args": [
            ####"a",
            ####"b"
            ###],
            ###"timeout": 1
            ##}
            #]
            }
            """
        #expect(hooks.json(.tabs) == lines.replacing("#", with: "\t"))
        #expect(hooks.json(.spaces(2)) == lines.replacing("#", with: "  "))
        #expect(Hooks().json(.tabs) == "{}")
    }

    @Test(
        "strings are escaped as RFC 8259 asks, and so are characters that command a terminal, and no others",
        arguments: [
            ("", #""""#), ("a/b'é\u{1F600}\u{200D}<&>", "\"a/b'é\u{1F600}\u{200D}<&>\""),
            ("\u{7F}\u{9B}\u{2028}\u{202E}", #""\u007f\u009b\u2028\u202e""#), ("\"\\", #""\"\\""#),
            ("\n\r\t\u{8}\u{C}", #""\n\r\t\b\f""#), ("\0\u{1}\u{1F}", #""\u0000\u0001\u001f""#),
        ])
    func escapes(value: String, expected: String) throws {
        #expect(value.json(.compact) == expected)
        let back = try read(Array(expected.utf8)) { json throws(Failure) in try json.string(allowingNUL: true) }
        #expect(back == value)
    }

    @Test("numbers to the edge of their type")
    func numbers() {
        let limit = Rlimit(type: "RLIMIT_CORE", soft: 0, hard: .max)
        #expect(limit.json(.compact) == #"{"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":0}"#)
        #expect(MemoryResources(limit: .min).json(.compact) == #"{"limit":-9223372036854775808}"#)
    }

    @Test("what the standard requires is written, even if nobody set it, and what is set in a closure")
    func required() {
        #expect(Mount.empty.json(.compact) == #"{"destination":""}"#)
        let mount = Mount {
            $0.destination = "/a"
            $0.options = []
        }
        #expect(mount == Mount(destination: "/a", options: []))
        #expect(mount.json(.compact) == #"{"destination":"/a","options":[]}"#)
    }

    @Test("entries keep the order in which they were written")
    func order() throws {
        let text = #"{"z":"1","a":"2","m":"3"}"#
        let entries = try read(Array(text.utf8)) { json throws(Failure) in try json.annotations() }
        #expect(entries.map(\.key) == ["z", "a", "m"])
        #expect(entries.json(.compact) == text)
    }
}

@Suite("Entries")
struct EntriesTests {
    @Test("a value is found, changed, added and taken away by its key")
    func subscripts() {
        var entries: Annotations = ["b": "1", "a": "2"]
        #expect(entries["a"] == "2")
        #expect(entries["c"] == nil)
        entries["b"] = "3"
        entries["c"] = "4"
        #expect(entries == ["b": "3", "a": "2", "c": "4"])
        entries["a"] = nil
        entries["d"] = nil
        #expect(entries.map { $0.key + $0.value } == ["b3", "c4"])
        #expect(entries != ["c": "4", "b": "3"])
    }
}
