import Base
@testable import OCI
import Testing

@testable import Runtime

/// `spec-fixtures/bad/NAME/problems.txt` has what `validate --host none` must report, written from the spec: a line for
/// each problem with its level, its code and its place, sorted. A good fixture has the file if there are warnings or
/// remarks.
@Suite("validate: the fixtures")
struct ValidateFixtureTests {
    static func validation(_ name: String) throws -> Validation {
        let bytes = try #require(Fixtures.bytes("\(name)/config.json"))
        return try Validation(of: bytes, at: "/bundle", on: .none, in: RuntimeOptions(root: "/run/apus"))
    }

    /// The problems as problems.txt has them.
    static func lines(_ validation: Validation) -> [String] {
        validation.problems.map { problem in
            "\(problem.level.word) \(problem.code.rawValue)" + (problem.pointer.isEmpty ? "" : " \(problem.pointer)")
        }.sorted()
    }

    static func expected(_ name: String) -> [String] {
        (Fixtures.text("\(name)/problems.txt") ?? "").split(separator: "\n").map(String.init)
    }

    @Test("there are fixtures")
    func fixtures() {
        #expect(Fixtures.names("good").count >= 60)
        #expect(Fixtures.names("bad").count >= 120)
    }

    @Test("a bad one has exactly the problems of its problems.txt", arguments: Fixtures.names("bad"))
    func bad(name: String) throws {
        let expected = Self.expected("bad/\(name)")
        #expect(expected.contains { $0.utf8.starts(with: "error ".utf8) })
        let validation = try Self.validation("bad/\(name)")
        #expect(Self.lines(validation) == expected)
        #expect(!validation.isValid)
    }

    @Test("a good one has no errors, and the warnings of its problems.txt", arguments: Fixtures.names("good"))
    func good(name: String) throws {
        let validation = try Self.validation("good/\(name)")
        #expect(Self.lines(validation) == Self.expected("good/\(name)"))
        #expect(validation.isValid)
    }

    @Test("what create refuses is an error of validate, in the same words", arguments: Fixtures.names("bad"))
    func agreement(name: String) throws {
        let bytes = try #require(Fixtures.bytes("bad/\(name)/config.json"))
        let failure = try #require(#expect(throws: Failure.self) { try Fixtures.script(bytes) })
        #expect(try Self.validation("bad/\(name)").problems.contains(Problem(.error, failure)))
    }

    @Test("every word for a problem of a config.json is in some fixture")
    func codes() throws {
        let lines = ["good", "bad"].flatMap { kind in
            Fixtures.names(kind).flatMap { Self.expected("\(kind)/\($0)") }
        }
        let seen = Set(lines.map { $0.split(separator: " ")[1] })
        let ofCommands: Set<Failure.Code> = [
            .usage, .invalidID, .containerNotFound, .containerExists, .containerNotRunning, .containerNotPaused,
            .containerNotStopped, .wrongState, .programNotFound, .programNotExecutable, .hookFailed, .outOfMemory,
            .initDied, .timedOut, .permissionDenied, .exhausted, .systemCall, .refused,
        ]
        for code in Failure.Code.allCases where !ofCommands.contains(code) {
            guard Problem(.error, Failure("", code: code)).subject != .host else { continue }
            #expect(seen.contains(Substring(code.rawValue)), "\(code.rawValue)")
        }
    }

    @Test("a code names one thing, in small letters with hyphens")
    func words() {
        for code in Failure.Code.allCases {
            #expect(code.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
        }
    }
}
