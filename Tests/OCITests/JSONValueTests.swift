import Base
import Testing

@testable import OCI

@Suite("Values of a JSON text")
struct JSONValueTests {
    func integer<I: FixedWidthInteger>(_ text: String, _: I.Type) throws(Failure) -> I {
        try read(Array(text.utf8)) { json throws(Failure) in try json.integer(I.self) }
    }

    @Test("integers fill their type to the edge")
    func edges() throws {
        #expect(try integer("18446744073709551615", UInt64.self) == .max)
        #expect(try integer("9223372036854775807", Int64.self) == .max)
        #expect(try integer("-9223372036854775808", Int64.self) == .min)
        #expect(try integer("-2147483648", Int32.self) == .min)
        #expect(try integer("4294967295", UInt32.self) == .max)
        #expect(try integer("65535", UInt16.self) == .max)
        #expect(try integer("-0", UInt32.self) == 0)
        #expect(try integer(" 7 ", Int.self) == 7)
    }

    @Test("integers beyond the edge are refused")
    func beyond() {
        func refused<I: FixedWidthInteger>(_ text: String, _: I.Type) -> String? {
            line { () throws(Failure) in _ = try integer(text, I.self) }
        }
        #expect(
            refused("18446744073709551616", UInt64.self)
                == "18446744073709551616 is out of range: expected 0 to 18446744073709551615")
        #expect(refused("-1", UInt64.self) == "-1 is out of range: expected 0 to 18446744073709551615")
        #expect(refused("65536", UInt16.self) == "65536 is out of range: expected 0 to 65535")
        #expect(
            refused("9223372036854775808", Int64.self)
                == "9223372036854775808 is out of range: expected -9223372036854775808 to 9223372036854775807")
        #expect(refused("-9223372036854775809", Int64.self)?.contains("is out of range") == true)
        #expect(refused("-18446744073709551615", Int64.self)?.contains("is out of range") == true)
        #expect(refused("-36893488147419103232", Int64.self)?.contains("is out of range") == true)
        #expect(refused("184467440737095516150", UInt64.self)?.contains("is out of range") == true)
        #expect(
            refused(String(repeating: "9", count: 1000), Int64.self)?.hasPrefix(
                String(repeating: "9", count: 128) + "... is out of range") == true)
        for text in ["1.0", "1e3", "1E3", "0.5", "-1.5e-3"] {
            #expect(
                refused(text, Int64.self) == "expected an integer without fraction or exponent, found \(text)")
        }
        #expect(refused("true", Int64.self) == "expected an integer, found a boolean")
        #expect(refused("NaN", Int64.self) == "invalid JSON at line 1, column 1: expected an integer, found NaN")
    }

    @Test(
        "escapes are decoded",
        arguments: [
            (#""""#, ""), (#""plain""#, "plain"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""d\u00e9j\u00E0 vu""#, "d\u{e9}j\u{e0} vu"), (#""\uD83D\uDE00""#, "\u{1F600}"),
            (#""a\uDBFF\uDFFFb""#, "a\u{10FFFF}b"), ("\"\u{e9}\\n\u{20ac}\"", "\u{e9}\n\u{20ac}"),
            (#""\uFEFF""#, "\u{FEFF}"),
        ])
    func escapes(text: String, expected: String) throws {
        let value = try read(Array(text.utf8)) { json throws(Failure) in try json.string() }
        #expect(Array(value.utf8) == Array(expected.utf8))
    }

    @Test("a NUL is refused if the string becomes a C string, and kept otherwise")
    func nul() throws {
        let text = Array(#""a\u0000b""#.utf8)
        #expect(
            line { () throws(Failure) in _ = try read(text) { json throws(Failure) in try json.string() } }
                == "the string must not hold a NUL character")
        #expect(try read(text) { json throws(Failure) in try json.string(allowingNUL: true) } == "a\0b")
    }

    @Test("keys are compared without escapes, and case matters")
    func keys() throws {
        #expect(try Root(json: #"{"p\u0061th":"/a","Path":"/b","readonly":true}"#) == Root(path: "/a", readonly: true))
        #expect(line { () throws(Failure) in _ = try Root(json: #"{"PATH":"/a"}"#) } == "root needs \"path\"")
    }

    @Test("a key may stand once, however it is written, in known objects and in skipped ones")
    func duplicates() throws {
        func refused(_ text: String) -> String? { line { () throws(Failure) in _ = try AnyValue(json: text) } }
        let twice = "the key \"a\" stands twice in one object (config.json /a)"
        #expect(refused(#"{"a":1,"b":2,"a":3}"#) == "invalid JSON at line 1, column 14: " + twice)
        #expect(refused(#"{"a":1,"\u0061":3}"#) == "invalid JSON at line 1, column 8: " + twice)
        #expect(
            refused(#"{"x":[{"":0,"":1}]}"#)?.hasSuffix("the key \"\" stands twice in one object (config.json /x/0/)")
                == true)
        #expect(
            line { () throws(Failure) in _ = try Root(json: #"{"path":"a","x":0,"path":"b"}"#) }?.contains(
                "stands twice")
                == true)
        #expect(
            line { () throws(Failure) in _ = try Config(json: #"{"ociVersion":"1.0.0","hostname":null,"hostname":"a"}"#)
            }?
            .contains("stands twice") == true)
    }

    @Test("a twin among many keys is found, and in reasonable time")
    func manyKeys() throws {
        func object(_ keys: some Sequence<Int>) -> String {
            "{" + keys.map { "\"key\($0)\":0" }.joined(separator: ",") + "}"
        }
        _ = try AnyValue(json: object(0..<50_000))
        for (count, twin) in [(31, 0), (32, 31), (33, 0), (34, 17), (5_000, 4_999)] {
            let failure = #expect(throws: Failure.self) { _ = try AnyValue(json: object(Array(0..<count) + [twin])) }
            #expect(failure?.action.contains("the key \"key\(twin)\" stands twice") == true)
            #expect(failure?.pointer == "/key\(twin)")
            // The second of the two is named.
            #expect(failure?.action.contains("column \(object(0..<count).utf8.count + 1):") == true)
        }
    }

    @Test("null is absent for a property, and no value for an element or an entry")
    func null() throws {
        #expect(try Mount(json: #"{"destination":"/","type":null,"options":null,"x":null}"#) == Mount(destination: "/"))
        #expect(
            line { () throws(Failure) in _ = try Mount(json: #"{"destination":null}"#) }
                == "a mount needs \"destination\"")
        #expect(
            line { () throws(Failure) in _ = try Mount(json: #"{"destination":"/","options":[null]}"#) }
                == "expected a string, found null (config.json /options/0)")
        #expect(
            line { () throws(Failure) in _ = try Config(json: #"{"ociVersion":"1.0.0","annotations":{"a":null}}"#) }
                == "expected a string, found null (config.json /annotations/a)")
        #expect(
            line { () throws(Failure) in _ = try Mount(json: #"{"destination":"/","type":nope}"#) }?.contains(
                "found nope") == true)
    }

    @Test("a pointer is written by RFC 6901, on one line, and not without end")
    func pointers() throws {
        func refused(_ key: String) -> String? {
            line { () throws(Failure) in
                _ = try Config(json: #"{"ociVersion":"1.0.0","x":[1,{"y":2}],"annotations":{"\#(key)":[]}}"#)
            }?.replacing("expected a string, found an array ", with: "")
        }
        #expect(refused("a/b~c") == "(config.json /annotations/a~1b~0c)")
        #expect(refused("") == "(config.json /annotations/)")
        #expect(refused("a\\nb") == "(config.json /annotations/a\\nb)")
        #expect(refused("a\\\"b,{[") == "(config.json /annotations/a\\\"b,{[)")
        #expect(
            refused(String(repeating: "k", count: 500))
                == "(config.json /annotations/" + String(repeating: "k", count: 128) + "...)")
    }
}
