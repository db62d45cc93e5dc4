import Base
import Testing

@testable import apus

@Suite("Reading options by the rules of Go's flag")
struct OptionReaderTests {
    static let options = [
        Option(.detach, "d", .flag, "", "a flag"),
        Option(.bundle, "b", .text, "DIR", "a word"),
        Option(.preserveFds, "", .number, "N", "a number"),
        Option(.rootless, "", .flagOrAuto, "BOOL", "a flag or auto"),
    ]

    func read(_ words: [String], stops: Bool = false) throws(Failure) -> OptionReader {
        var reader = OptionReader()
        try reader.read(words[...], options: Self.options, stopsAtFirstOperand: stops)
        return reader
    }

    @Test(
        "one dash or two, a value in the next word or behind an equals sign, long name or short",
        arguments: [
            ["-bundle", "x"], ["--bundle", "x"], ["-bundle=x"], ["--bundle=x"], ["-b", "x"], ["--b", "x"], ["-b=x"],
            ["--b=x"], ["-b", "y", "--bundle=x"],
        ])
    func spellings(words: [String]) throws {
        let reader = try read(words)
        #expect(reader.text(.bundle) == "x")
        #expect(reader.operands.isEmpty)
    }

    @Test(
        "a value may look like anything",
        arguments: [
            (["-b", "--detach"], "--detach"), (["-b", "--"], "--"), (["-b="], ""), (["-b", ""], ""),
            (["-b=a=b"], "a=b"),
            (["-b", "-"], "-"), (["-b==x"], "=x"), (["--bundle", "é/日本"], "é/日本"), (["-b=é"], "é"),
        ] as [([String], String)])
    func values(words: [String], expected: String) throws {
        #expect(try read(words).text(.bundle) == expected)
    }

    @Test(
        "a flag takes Go's spellings of a boolean behind an equals sign, and never the next word",
        arguments: [
            ("--detach", true), ("-d", true), ("-d=1", true), ("-d=t", true), ("-d=T", true), ("-d=true", true),
            ("-d=TRUE", true), ("-d=True", true), ("-d=0", false), ("-d=f", false), ("-d=F", false),
            ("-d=false", false), ("-d=FALSE", false), ("-d=False", false),
        ])
    func flags(word: String, expected: Bool) throws {
        let reader = try read([word, "false"])
        #expect(reader.flag(.detach) == expected)
        #expect(reader.operands == ["false"])
    }

    @Test(
        "--rootless takes the next word only if it is a boolean or auto",
        arguments: [
            (["--rootless", "create"], .flag(true), ["create"]),
            (["--rootless"], .flag(true), []),
            (["--rootless", "-d"], .flag(true), []),
            (["--rootless", "true", "create"], .flag(true), ["create"]),
            (["--rootless", "false", "create"], .flag(false), ["create"]),
            (["--rootless", "auto", "create"], .automatic, ["create"]),
            (["--rootless", "", "create"], .automatic, ["create"]),
            (["--rootless=", "create"], .automatic, ["create"]),
            (["--rootless=auto", "true"], .automatic, ["true"]),
            (["--rootless=0", "true"], .flag(false), ["true"]),
        ] as [([String], OptionValue, [String])])
    func rootless(words: [String], value: OptionValue, operands: [String]) throws {
        let reader = try read(words)
        #expect(reader.value(.rootless) == value)
        #expect(reader.operands == operands)
    }

    @Test("numbers", arguments: [("0", 0), ("3", 3), ("-1", -1), ("+2", 2)])
    func numbers(word: String, number: Int) throws {
        #expect(try read(["--preserve-fds", word]).number(.preserveFds) == number)
        #expect(try read(["--preserve-fds=\(word)"]).number(.preserveFds) == number)
    }

    @Test(
        "options stand before or after operands; -- ends them; - is an operand",
        arguments: [
            (["a", "-d", "b"], ["a", "b"], true), (["-d", "a", "b"], ["a", "b"], true),
            (["a", "b", "-d"], ["a", "b"], true), (["--", "-d"], ["-d"], false),
            (["a", "--", "-d"], ["a", "-d"], false),
            (["-"], ["-"], false), (["-", "-d"], ["-"], true), ([""], [""], false), ([], [], false),
            (["--", "--"], ["--"], false),
        ] as [([String], [String], Bool)])
    func order(words: [String], operands: [String], detach: Bool) throws {
        let reader = try read(words)
        #expect(reader.operands == operands)
        #expect(reader.flag(.detach) == detach)
    }

    @Test(
        "a command of exec keeps its own options",
        arguments: [
            (["-d", "id", "ls", "-d"], ["id", "ls", "-d"]), (["id", "--", "x"], ["id", "--", "x"]),
            (["--", "-d", "--"], ["-d", "--"]),
        ])
    func stops(words: [String], operands: [String]) throws {
        let reader = try read(words, stops: true)
        #expect(reader.operands == operands)
    }

    @Test("the last of several values counts; options that can be repeated keep all, in order")
    func several() throws {
        let reader = try read(["-d", "-b=1", "-d=false", "-b=2"])
        #expect(!reader.flag(.detach))
        #expect(reader.text(.bundle) == "2")
        #expect(reader.given.map(\.value) == [.flag(true), .text("1"), .flag(false), .text("2")])
    }

    @Test(
        "wrong words are refused in Go's words",
        arguments: [
            (["--nope"], "flag provided but not defined: -nope"),
            (["-nope=1"], "flag provided but not defined: -nope"),
            (["--det"], "flag provided but not defined: -det"),  // no abbreviations
            (["-db"], "flag provided but not defined: -db"),  // no bundles
            (["-9"], "flag provided but not defined: -9"),
            (["--Bundle=x"], "flag provided but not defined: -Bundle"),
            (["--bundle"], "flag needs an argument: -bundle"),
            (["a", "-b"], "flag needs an argument: -b"),
            (["-d=maybe"], #"invalid boolean value "maybe" for -d: parse error"#),
            (["-d="], #"invalid boolean value "" for -d: parse error"#),
            (["-d=yes"], #"invalid boolean value "yes" for -d: parse error"#),
            (["--preserve-fds", "x"], #"invalid value "x" for flag -preserve-fds: parse error"#),
            (
                ["--preserve-fds=99999999999999999999"],
                #"invalid value "99999999999999999999" for flag -preserve-fds: parse error"#
            ),
            (["--rootless=x"], #"invalid value "x" for flag -rootless: neither a boolean nor auto"#),
            (["---d"], "bad flag syntax: ---d"),
            (["--=x"], "bad flag syntax: --=x"),
            (["-=x"], "bad flag syntax: -=x"),
        ] as [([String], String)])
    func refused(words: [String], message: String) {
        let failure = #expect(throws: Failure.self) { try read(words) }
        #expect(failure?.line == message)
    }
}
