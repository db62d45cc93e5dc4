import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("validate: what it prints")
struct ProblemTests {
    private func validation(_ text: String) throws -> Validation {
        try Validation(of: Array(text.utf8), at: "/bundle", on: .none, in: RuntimeOptions(root: "/run/apus"))
    }

    @Test("a problem is one line: level, code, place, message, hint, section")
    func line() {
        let failure = Failure(
            "it is bad", pointer: "/linux/namespaces/1", hint: "take it out", code: .duplicateNamespace)
        let expected =
            "error: duplicate-namespace: /linux/namespaces/1: it is bad; hint: take it out [config-linux.md#namespaces]"
        #expect(Problem(.error, failure).line == expected)
        #expect(Problem(.info, Failure("x")).line == "info: discouraged: x [config.md]")
        #expect(Problem(.error, Failure("x")).code == .refused)
    }

    @Test("the text ends with the number of problems")
    func text() throws {
        let good = #"{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"args":["a"],"cwd":"/"}}"#
        #expect(try validation(good).text == "config.json: no problems\n")
        let bad = #"{"ociVersion":"1.3","root":{"path":"r"},"process":{"args":[],"cwd":"","commandLine":"x"},"a":1}"#
        let lines = try validation(bad).text.split(separator: "\n")
        #expect(lines.last == "config.json: 2 errors, 2 warnings, 1 remark")
        #expect(lines.count == 6)
    }

    @Test("as JSON it is one object, whatever was found")
    func json() throws {
        let text = #"{"ociVersion":"1.3.0","root":{"path":"r"},"process":{"args":["a"],"cwd":"a"},"hostNam":""}"#
        #expect(
            try validation(text).json(.compact)
                == #"{"valid":false,"problems":["#
                + #"{"level":"warning","code":"unknown-key","about":"config","pointer":"/hostNam","#
                + #""message":"unknown key \"hostNam\"","hint":"did you mean \"hostname\"?","#
                + #""spec":"config.md#extensibility"},"#
                + #"{"level":"error","code":"relative-path","about":"config","pointer":"/process/cwd","#
                + #""message":"Cwd must be an absolute path","spec":"config.md#process"}]}"#)
        #expect(
            try validation("{").json(.compact).utf8.starts(with: #"{"valid":false,"problems":[{"level":"error""#.utf8))
    }

    @Test("what the specification allows and a host cannot do is an error only if a host was checked")
    func onlyOnAHost() throws {
        let text = #"{"ociVersion":"1.3.0","root":{"path":"r"},"linux":{"netDevices":{"eth0":{}}}}"#
        #expect(try validation(text).isValid)
        #expect(try validation(text).problems.map(\.level).contains(.warning))
        var host = HostFacts.none
        host.mask = 0o077
        let validation = try Validation(
            of: Array(text.utf8), at: "/bundle", on: host, in: RuntimeOptions(root: "/run/apus"))
        #expect(validation.problems.filter { $0.level == .error }.map(\.code) == [.sharedNetwork])
    }

    @Test("a problem is reported once")
    func once() {
        var validation = Validation()
        validation.add(Problem(.error, Failure("x", pointer: "/a")))
        validation.add(Problem(.error, Failure("x", pointer: "/a")))
        validation.add(Problem(.error, Failure("x", pointer: "/b")))
        #expect(validation.problems.count == 2)
    }

    @Test("what follows from an unreadable value is not reported")
    func consequences() {
        func follows(_ pointer: String, _ code: Failure.Code? = nil, from unread: String) -> Bool {
            FollowOnErrors(of: [unread]).include(Failure("x", pointer: pointer, code: code))
        }
        #expect(follows("/process/cwd", from: "/process/cwd"))
        #expect(!follows("/process/args", from: "/process/cwd"))
        #expect(follows("/process/args/0", from: "/process/args"))
        #expect(follows("/mounts/1", from: "/mounts/1/options"))
        #expect(follows("/mounts/1/source", from: "/mounts/1/options/2"))
        #expect(!follows("/mounts/10/source", from: "/mounts/1/options"))
        #expect(follows("/linux/resources/memory/swap", from: "/linux/resources/memory/limit"))
        #expect(!follows("/linux/resources/cpu/idle", from: "/linux/resources/memory/limit"))
        #expect(!follows("/linux/seccomp/syscalls/0/args/0/index", from: "/linux/seccomp/defaultAction"))
        #expect(follows("/hostname", .missingNamespace, from: "/linux/namespaces/0/type"))
        #expect(!follows("/hostname", .missingNamespace, from: "/linux/resources"))
    }
}
