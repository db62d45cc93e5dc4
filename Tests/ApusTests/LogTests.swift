import Base
import Foundation
import Testing

@testable import apus

@Suite("The log")
struct LogTests {
    let moment = Timestamp(nanoseconds: 1_795_310_634_987_654_321)

    @Test(
        "a JSON line, keys and escapes to the letter",
        arguments: [
            ("container does not exist", #""container does not exist""#),
            (#"exec: "x": executable file not found in $PATH"#, #""exec: \"x\": executable file not found in $PATH""#),
            ("a\\b\nc\td\r", #""a\\b\nc\td\r""#),
            ("\u{1}\u{1f}", #""\u0001\u001f""#),
            ("né <日本> &", #""né <日本> &""#),
            ("", #""""#),
        ])
    func json(message: String, quoted: String) throws {
        let line = LogFormat.json.line(.error, message, at: moment)
        #expect(line == #"{"level":"error","msg":\#(quoted),"time":"2026-11-22T01:23:54Z"}"#)
        let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(value == ["level": "error", "msg": message, "time": "2026-11-22T01:23:54Z"])
    }

    @Test(
        "a text line as logrus writes it",
        arguments: [
            ("container does not exist", #""container does not exist""#),
            (#"exec: "x": no"#, #""exec: \"x\": no""#),
            ("a\\b\nc", #""a\\b\nc""#),
            ("\u{1}\u{7f}\u{85}\u{2028}", #""\x01\x7f\u0085\u2028""#),
        ])
    func text(message: String, quoted: String) {
        #expect(
            LogFormat.text.line(.error, message, at: moment)
                == #"time="2026-11-22T01:23:54Z" level=error msg=\#(quoted)"#)
    }

    @Test(
        "a bare line keeps quotes and backslashes, and nothing that a terminal would act on",
        arguments: [
            (#"exec: "x": no such file or directory"#, #"exec: "x": no such file or directory"#),
            ("one\nlevel=error msg=\"two\"\r\t", #"one\nlevel=error msg="two"\r\t"#),
            ("\u{1b}]0;title\u{7}\u{7f}", #"\x1b]0;title\x07\x7f"#),
            ("\u{9b}31m \u{202e}gpj.exe\u{2066} né <日本> \\", #"\u009b31m \u202egpj.exe\u2066 né <日本> \"#),
        ])
    func bare(message: String, line: String) {
        #expect(escaped(message) == line)
        for format in [LogFormat.text, .json] {
            let whole = format.line(.error, message, at: moment)
            #expect(
                whole.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }, "\(whole)")
        }
    }

    @Test("of a failure the JSON line also has the code and the hint; the text line has not")
    func failure() {
        let failure = Failure("no", "open", .EACCES, hint: "ask \"her\"")
        #expect(
            LogFormat.json.line(.error, failure, at: moment)
                == #"{"level":"error","msg":"no: permission denied; hint: ask \"her\"","#
                + #""time":"2026-11-22T01:23:54Z","code":"permission-denied","hint":"ask \"her\""}"#)
        #expect(
            LogFormat.json.line(.warning, Failure("no", code: .noEffect), at: moment)
                == #"{"level":"warning","msg":"no","time":"2026-11-22T01:23:54Z","code":"no-effect"}"#)
        #expect(
            LogFormat.text.line(.error, Failure("no", code: .usage), at: moment)
                == #"time="2026-11-22T01:23:54Z" level=error msg="no""#)
    }

    @Test(
        "every failure has a code; if no code was given, the kernel's answer decides",
        arguments: [
            (Errno.EPERM, Failure.Code.permissionDenied), (.EACCES, .permissionDenied), (.EROFS, .permissionDenied),
            (.ENOENT, .missingFile), (.ENOSPC, .exhausted), (.ENOMEM, .exhausted), (Errno(rawValue: 24), .exhausted),
            (.ETIMEDOUT, .timedOut), (.EBUSY, .systemCall), (.EINVAL, .systemCall),
        ])
    func code(errno: Errno, code: Failure.Code) {
        #expect(Failure("x", "open", errno).stableCode == code)
        #expect(Failure("x", cause: .init(call: "open", errno: errno), code: .hookFailed).stableCode == .hookFailed)
        #expect(Failure("x").stableCode == .refused)
    }

    @Test("the level stands in the line")
    func level() {
        #expect(
            LogFormat.json.line(.debug, "x", at: moment)
                == #"{"level":"debug","msg":"x","time":"2026-11-22T01:23:54Z"}"#)
        #expect(LogFormat.text.line(.debug, "x", at: moment) == #"time="2026-11-22T01:23:54Z" level=debug msg="x""#)
    }

    @Test("two formats there are")
    func formats() throws {
        #expect(try LogFormat(option: nil) == .text)
        #expect(try LogFormat(option: "text") == .text)
        #expect(try LogFormat(option: "json") == .json)
        for other in ["", "JSON", "xml"] {
            let failure = #expect(throws: Failure.self) { try LogFormat(option: other) }
            #expect(failure?.line == "invalid log-format: \(other)")
        }
    }
}
