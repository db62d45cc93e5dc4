import Testing

/// Expects that the call succeeded and logged nothing.
func expectSuccess(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
    guard RuntimeUnderTest.isOurs else { return }
    #expect(outcome.log.isEmpty, "a success is logged", sourceLocation: sourceLocation)
}

/// Expects that the call failed, with one clear line that contains `words`.
///
/// For apus, this checks everything that callers rely on (WhatCallersExpect, "Log"): one line of JSON in the log, the
/// bare text on standard error, the JSON pointer. For runc it checks the words. For crun, which has its own words, it
/// only checks that there is a message.
///
/// - Parameters:
///   - words: What the message must contain.
///   - pointer: The place in config.json that apus must name: this one or one in it.
///   - difference: A line of differences.txt. If it applies to the runtime under test, words are not compared.
func expectFailure(
    _ outcome: Outcome, _ words: String, at pointer: String? = nil, exit: Int32 = 1, unless difference: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(!outcome.ranOut, "out of time: \(outcome.said)", sourceLocation: sourceLocation)
    let applies = difference.map(Difference.applies) ?? false
    if !applies, RuntimeUnderTest.kind != .crun {
        #expect(outcome.exit == exit, "\(outcome.said)", sourceLocation: sourceLocation)
    } else {
        #expect(outcome.exit != 0, "\(outcome.said)", sourceLocation: sourceLocation)
    }
    #expect(!outcome.diagnostics.trimmed.isEmpty, "it failed without a word", sourceLocation: sourceLocation)
    guard !applies, RuntimeUnderTest.kind != .crun else { return }
    let message = LogLine.lastError(in: outcome.log) ?? ""
    #expect(message.contains(words), "\(outcome.said)", sourceLocation: sourceLocation)
    guard RuntimeUnderTest.isOurs else { return }
    #expect(LogLine.whole(outcome.log) != nil, "not one line: \(outcome.log)", sourceLocation: sourceLocation)
    #expect(
        outcome.diagnostics.lines.last == message, "standard error says another thing: \(outcome.said)",
        sourceLocation: sourceLocation)
    if let pointer {
        let isNamed = ["(config.json \(pointer))", "(config.json \(pointer)/"].contains { message.contains($0) }
        #expect(isNamed, "not at \(pointer): \(message)", sourceLocation: sourceLocation)
    }
}

extension Bundle {
    /// Expects that `create` refuses the bundle with `change`, as ``expectFailure(_:_:at:exit:unless:sourceLocation:)``
    /// describes, and leaves nothing. Then restores config.json.
    ///
    /// - Parameter difference: If it applies, nothing is tried: the runtime accepts the bundle.
    func expectRefusal(
        _ words: String = "", at pointer: String? = nil, unless difference: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout JSON) throws -> Void = { _ in }
    ) throws {
        if let difference, Difference.applies(difference) { return }
        let before = try Files.bytes(folder + "/config.json")
        try edit(change)
        let outcome = try create()
        expectFailure(outcome, words, at: pointer, sourceLocation: sourceLocation)
        if outcome.exit == 0 { _ = try delete(force: true) } else { expectNothingLeft(sourceLocation: sourceLocation) }
        try Files.write(folder + "/config.json", before)
    }
}

/// A line of a JSON log, read as the callers read it.
struct LogLine: Equatable {
    var level: String
    var message: String
    var time: String

    init?(_ text: String) {
        guard let value = try? JSON(text), let level = value["level"].string, let message = value["msg"].string,
            let time = value["time"].string
        else { return nil }
        self.level = level
        self.message = message
        self.time = time
    }

    /// Reads a log as containerd does: every line must be JSON with a good time; the last one of level `error` counts.
    static func lastError(in log: String) -> String? {
        var last: String?
        for line in log.lines {
            guard let line = LogLine(line), line.hasGoodTime else { return nil }
            if line.level == "error" { last = line.message }
        }
        return last
    }

    /// Reads a log as podman does: the whole file is one value.
    static func whole(_ log: String) -> LogLine? { LogLine(log) }

    /// Whether `time` has the form of RFC 3339: `2026-11-22T01:23:54Z`, with or without a fraction or an offset.
    var hasGoodTime: Bool { time.wholeMatch(of: LogLine.rfc3339) != nil }

    nonisolated(unsafe) private static let rfc3339 =
        /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)/
}
