import Base
import Testing

@testable import OCI

@Suite("JSON texts, by RFC 8259")
struct JSONTextTests {
    @Test(
        "what the RFC allows is read",
        arguments: [
            "{}", "[]", "null", "true", "false", "0", "-0", "12", "-12", "1.5", "0.5", "-0.0", "1e3", "1E+3", "1.5e-3",
            "0e0", "123456789012345678901234567890", #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#,
            #""\u00e9\u00E9""#, #""\uD83D\uDE00""#, "\"\u{e9}\u{20ac}\u{1F600}\u{10FFFF}\"", "\"\u{7F}\"",
            " \t\r\n{ \"a\" : [ 1 , 2 ] } \n", #"{"":0}"#, #"{"a":{"a":{"a":[]}}}"#, #"[[],[[]],{}]"#,
            #"{"a":1,"A":2,"b":{"a":3}}"#, #"[{"a":1},{"a":1}]"#,
        ])
    func accepts(text: String) throws {
        _ = try AnyValue(json: text)
    }

    @Test(
        "what it does not allow is refused, with line and column",
        arguments: [
            ("", "1, column 1: expected a value, found the end of the text"),
            (" \n ", "2, column 2: expected a value, found the end of the text"),
            ("nul", "1, column 1: expected a value, found nul"),
            ("nulll", "1, column 5: expected the end of the text, found l"),
            ("True", "1, column 1: expected a value, found True"),
            ("NaN", "1, column 1: expected a value, found NaN"),
            ("-Infinity", "1, column 2: expected a digit, found Infinity"),
            ("-", "1, column 2: expected a digit, found the end of the text"),
            ("+1", "1, column 1: expected a value, found +"),
            (".5", "1, column 1: expected a value, found ."),
            ("1.", "1, column 3: expected a digit, found the end of the text"),
            ("1.e3", "1, column 3: expected a digit, found e3"),
            ("1e", "1, column 3: expected a digit, found the end of the text"),
            ("1e+", "1, column 4: expected a digit, found the end of the text"),
            ("01", "1, column 1: a number must not begin with 0"),
            ("-01", "1, column 1: a number must not begin with 0"),
            ("0x10", "1, column 2: expected the end of the text, found x10"),
            ("1_000", "1, column 2: expected the end of the text, found _"),
            ("'a'", "1, column 1: expected a value, found '"),
            ("\"a", "1, column 3: the text ends within a string"),
            ("\"a\\", "1, column 4: the text ends within a string"),
            ("\"a\\\"", "1, column 5: the text ends within a string"),
            ("\"\u{0}\"", "1, column 2: a string must not hold a control character unescaped"),
            ("\"a\nb\"", "1, column 3: a string must not hold a control character unescaped"),
            ("\"\u{1F}\"", "1, column 2: a string must not hold a control character unescaped"),
            (#""\x41""#, "1, column 2: unknown escape in a string"),
            (#""\U0041""#, "1, column 2: unknown escape in a string"),
            (#""\u00g0""#, "1, column 2: \\u needs four hexadecimal digits"),
            (#""\u00""#, "1, column 2: \\u needs four hexadecimal digits"),
            (#""\u0"#, "1, column 2: \\u needs four hexadecimal digits"),
            (#""\uD83D""#, "1, column 2: a lone surrogate in a string"),
            (#""\uDE00""#, "1, column 2: a lone surrogate in a string"),
            (#""\uD83Dx""#, "1, column 2: a lone surrogate in a string"),
            (#""\uD83D\n""#, "1, column 2: a lone surrogate in a string"),
            (#""\uD83D\uD83D""#, "1, column 2: a lone surrogate in a string"),
            (#""\uD83D\u00"#, "1, column 2: a lone surrogate in a string"),
            ("[1 2]", "1, column 4: expected , or ], found 2 (config.json /0)"),
            ("[1,]", "1, column 4: expected a value, found ] (config.json /1)"),
            ("[,1]", "1, column 2: expected a value, found , (config.json /0)"),
            ("[1}", "1, column 3: expected , or ], found } (config.json /0)"),
            ("[", "1, column 2: expected a value, found the end of the text (config.json /0)"),
            ("[1", "1, column 3: expected , or ], found the end of the text (config.json /0)"),
            ("]", "1, column 1: expected a value, found ]"),
            ("{", "1, column 2: expected a key in double quotes, found the end of the text"),
            ("{a:1}", "1, column 2: expected a key in double quotes, found a"),
            ("{1:1}", "1, column 2: expected a key in double quotes, found 1"),
            (#"{"a"}"#, "1, column 5: expected : after the key, found } (config.json /a)"),
            (#"{"a" 1}"#, "1, column 6: expected : after the key, found 1 (config.json /a)"),
            (#"{"a":}"#, "1, column 6: expected a value, found } (config.json /a)"),
            (#"{"a":1,}"#, "1, column 8: expected a key in double quotes, found }"),
            (#"{"a":1 "b":2}"#, "1, column 8: expected , or }, found \" (config.json /a)"),
            (#"{"a":1]"#, "1, column 7: expected , or }, found ] (config.json /a)"),
            (#"{,"a":1}"#, "1, column 2: expected a key in double quotes, found ,"),
            ("{} {}", "1, column 4: expected the end of the text, found {"),
            ("1 // one", "1, column 3: expected the end of the text, found /"),
            ("\u{FEFF}{}", "1, column 1: expected a value, found a byte order mark"),
            ("\u{A0}1", "1, column 1: expected a value, found byte 0xc2"),
            ("\u{1}", "1, column 1: expected a value, found byte 0x01"),
            ("{\n  \"é\": [1,\n  \"ü\", x]\n}", "3, column 8: expected a value, found x (config.json /é/2)"),
        ])
    func refuses(text: String, words: String) {
        #expect(line { () throws(Failure) in _ = try AnyValue(json: text) } == "invalid JSON at line \(words)")
    }

    @Test(
        "what is not UTF-8 is refused (RFC 3629)",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let problem = "invalid JSON at line 1, column 3: the text is not UTF-8"
        #expect(line { () throws(Failure) in _ = try AnyValue(json: [quote, 0x61] + bytes + [quote]) } == problem)
        // The same at the very end of the text, where there may be no byte left to look at.
        #expect(line { () throws(Failure) in _ = try AnyValue(json: [quote, 0x61] + bytes) } == problem)
    }

    @Test("128 levels are read and 129 are not, whatever they are made of")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            let pairs = String(repeating: "[{\"a\":", count: levels / 2)
            let closing = String(repeating: "}]", count: levels / 2)
            return pairs + (levels % 2 == 1 ? "[]" : "1") + closing
        }
        _ = try AnyValue(json: nested(128))
        #expect(
            line { () throws(Failure) in _ = try AnyValue(json: nested(129)) }?.contains("more than 128 levels") == true
        )
        // Levels are counted as they are open, not as they come.
        _ = try AnyValue(json: "[" + Array(repeating: nested(127), count: 3).joined(separator: ",") + "]")
    }

    @Test("a text cut anywhere is refused, and its error has a place")
    func truncated() throws {
        let text = #"{"a":[1.5e3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":-12}}"#
        for count in 0..<text.utf8.count {
            let failure = #expect(throws: Failure.self) { _ = try AnyValue(json: Array(text.utf8.prefix(count))) }
            #expect(failure?.action.hasPrefix("invalid JSON at line 1, column ") == true)
        }
        _ = try AnyValue(json: text)
    }
}
