import Testing

/// The requirements of the OCI runtime specification 1.3, with a test for each MUST and MUST NOT that applies to a
/// Linux runtime.
///
/// A test's name is `DOCUMENT, SECTION: requirement`. `scripts/conformance` prints the tests as a table, with the
/// results of apus, runc and crun. The tests ignore differences.txt: what a runtime misses is a row of that table. If
/// the specification puts a MUST on config.json, the runtime's part is to refuse a config.json that breaks it
/// (config.md, "Valid values").
enum Conformance {
    /// Whether peers are measured too. Otherwise their tests are skipped, because their misses are no failure of apus.
    static let measuresPeers = Environment["APUS_CONFORMANCE"] == "1"
}

extension Trait where Self == ConditionTrait {
    /// Runs always for apus, and for the others only if they are measured.
    static var measured: Self {
        .enabled(
            if: RuntimeUnderTest.isOurs || Conformance.measuresPeers,
            "\(RuntimeUnderTest.kind.rawValue): scripts/conformance")
    }
}

extension Bundle {
    /// Expects that the operation generates an error.
    func expectError(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.exit != 0 && !outcome.ranOut, "\(outcome.said)", sourceLocation: sourceLocation)
    }

    /// Expects that `create` generates an error for the config as `change` makes it, makes no container, and leaves
    /// nothing.
    func expectNoContainer(
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout JSON) throws -> Void
    ) throws {
        let before = try Files.bytes(folder + "/config.json")
        try edit(change)
        let outcome = try create()
        expectError(outcome, sourceLocation: sourceLocation)
        #expect(status == "none", "there is a container", sourceLocation: sourceLocation)
        if outcome.exit == 0 { _ = try delete(force: true) }
        expectNothingLeft(sourceLocation: sourceLocation)
        try Files.write(folder + "/config.json", before)
    }
}
