import Base
import Glibc
import Testing

@testable import apus

@Suite("Command lines that ask for nothing that exists")
struct MisuseTests {
    @Test(
        "a wrong number of operands is reported in runc's words",
        arguments: [
            ("create", #"apus: "create" requires exactly 1 argument(s)"#),
            ("create a b", #"apus: "create" requires exactly 1 argument(s)"#),
            ("run", #"apus: "run" requires exactly 1 argument(s)"#),
            ("start a b", #"apus: "start" requires exactly 1 argument(s)"#),
            ("state", #"apus: "state" requires exactly 1 argument(s)"#),
            ("kill", #"apus: "kill" requires a minimum of 1 argument(s)"#),
            ("kill a TERM b", #"apus: "kill" requires a maximum of 2 argument(s)"#),
            ("delete --force", #"apus: "delete" requires exactly 1 argument(s)"#),
            ("list x", #"apus: "list" requires exactly 0 argument(s)"#),
            ("spec x", #"apus: "spec" requires exactly 0 argument(s)"#),
            ("features x", #"apus: "features" requires exactly 0 argument(s)"#),
            ("doctor x", #"apus: "doctor" requires exactly 0 argument(s)"#),
            ("validate x", #"apus: "validate" requires exactly 0 argument(s)"#),
            ("explain x", #"apus: "explain" requires exactly 0 argument(s)"#),
            ("help kill run", #"apus: "help" requires a maximum of 1 argument(s)"#),
        ])
    func counts(line: String, message: String) throws {
        guard case .misuse(let misuse) = read(line).request else {
            Issue.record("was accepted")
            return
        }
        #expect(misuse.failure.line == message)
        let verb = try #require(misuse.verb)
        #expect(misuse.output == "Incorrect Usage.\n\n" + Help.command(verb))
    }

    @Test(
        "a wrong option is reported above the help",
        arguments: [
            ("kill --nope c1", .kill, "flag provided but not defined: -nope"),
            ("create --bundle", .create, "flag needs an argument: -bundle"),
            ("create --root /r c1", .create, "flag provided but not defined: -root"),
            ("run --preserve-fds=x c1", .run, #"invalid value "x" for flag -preserve-fds: parse error"#),
            ("--nope kill c1", nil, "flag provided but not defined: -nope"),
            ("--log", nil, "flag needs an argument: -log"),
            ("--criu /x kill c1", nil, "flag provided but not defined: -criu"),
        ] as [(String, Verb?, String)])
    func options(line: String, verb: Verb?, message: String) {
        guard case .misuse(let misuse) = read(line).request else {
            Issue.record("was accepted")
            return
        }
        #expect(misuse.failure.line == message)
        #expect(misuse.verb == verb)
        #expect(misuse.output == "Incorrect Usage: \(message)\n\n" + (verb.map { Help.command($0) } ?? Help.program))
    }

    @Test("an unknown command, and help for one", arguments: ["nope", "help nope", "--debug nope --force x", "Kill"])
    func commands(line: String) {
        guard case .misuse(let misuse) = read(line).request else {
            Issue.record("was accepted")
            return
        }
        let word = line == "Kill" ? "Kill" : "nope"
        #expect(misuse.failure.line == #"apus: "\#(word)" is not a command; hint: apus help lists the commands"#)
        #expect(misuse.output == "Incorrect Usage: apus: \"\(word)\" is not a command\n\n" + Help.program)
    }

    @Test("a word that --rootless does not take is the command, and the hint says so")
    func rootless() {
        for line in ["--rootless perhaps list", "--debug --rootless perhaps"] {
            guard case .misuse(let misuse) = read(line).request else {
                Issue.record("was accepted")
                return
            }
            #expect(
                misuse.failure.line == #"apus: "perhaps" is not a command; hint: --rootless is true, false or auto"#)
        }
    }

    @Test("a mistake is reported to the log that the command line names before it")
    func logOfMistake() {
        #expect(read("--log /l --log-format json --nope kill").globals == Globals(log: "/l", logFormat: "json"))
        #expect(read("--log /l kill --nope").globals == Globals(log: "/l"))
    }

    @Test(
        "help and version",
        arguments: [
            ("", .help(nil)), ("--help", .help(nil)), ("-h", .help(nil)), ("help", .help(nil)), ("h", .help(nil)),
            ("--root /r", .help(nil)), ("help kill", .help(.kill)), ("h run", .help(.run)),
            ("kill --help", .help(.kill)),
            ("kill -h a b c", .help(.kill)), ("help help", .help(.help)), ("help --help", .help(.help)),
            ("--version", .version), ("-v", .version), ("-version", .version), ("--version kill", .version),
            ("--debug -v", .version), ("--version=false", .help(nil)),
        ] as [(String, Request)])
    func help(line: String, request: Request) { #expect(read(line).request == request) }

    @Test("a word that is not UTF-8 is refused, since it could become another path")
    func encoding() throws {
        let name = strdup("apus"), word = strdup("/r\u{e9}"), broken = strdup("x")
        defer { for pointer in [name, word, broken] { free(pointer) } }
        var values: [UnsafeMutablePointer<CChar>?] = [name, word, nil]
        #expect(try Program.arguments(&values) == ["/r\u{e9}"])
        broken?.pointee = CChar(bitPattern: 0xFF)
        values.insert(broken, at: 2)
        let failure = #expect(throws: Failure.self) { try Program.arguments(&values) }
        #expect(failure?.line == "argument 2 is not UTF-8: \"\u{FFFD}\"")
    }
}
