import Testing

/// A known difference between runtimes: a line of spec-fixtures/differences.txt.
///
/// `NAME | RUNTIMES | what differs | authority`; lines that begin with `#` are comments.
struct Difference: Equatable {
    var name: String
    var runtimes: [String]
    var sentence: String
    var authority: String

    init?(_ line: String) {
        let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(\.trimmed)
        guard parts.count == 4, !parts.contains("") else { return nil }
        (name, runtimes, sentence, authority) = (parts[0], parts[1].words, parts[2], parts[3])
    }

    static let path = Host.sources + "/spec-fixtures/differences.txt"

    /// The lines that are not comments.
    static let lines = (try? Files.text(path))?.lines.filter { !$0.hasPrefix("#") } ?? []
    static let all = lines.compactMap(Difference.init)

    /// Whether the runtime under test is known to differ in this point.
    static func applies(_ name: String) -> Bool {
        all.contains { $0.name == name && $0.runtimes.contains(RuntimeUnderTest.kind.rawValue) }
    }
}

extension Trait where Self == ConditionTrait {
    /// The suite or test needs the machine.
    static var inMachine: Self {
        .enabled(if: Host.isReady, "runs in the machine alone: scripts/test, or scripts/vm run")
    }

    /// Skips the test if the runtime under test is known to differ; the reason is the line of differences.txt.
    static func unless(_ difference: String) -> Self {
        let sentence = Difference.all.first { $0.name == difference }?.sentence ?? difference
        return .disabled(if: Difference.applies(difference), "\(RuntimeUnderTest.kind.rawValue): \(sentence)")
    }

    /// For what only apus has.
    static var oursOnly: Self {
        .enabled(if: RuntimeUnderTest.isOurs, "\(RuntimeUnderTest.kind.rawValue) has nothing like it")
    }
}
