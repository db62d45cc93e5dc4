import Testing

/// The requirements of the OCI runtime specification 1.3, a test for each MUST and MUST NOT that it lays on a Linux runtime.
///
/// A test's name is `DOCUMENT, SECTION: requirement`; `scripts/conformance` prints them as a table, with what apus, runc and
/// crun make of each. They know no differences.txt: what a runtime misses is a row of that table. Where the specification lays
/// a MUST on config.json, the runtime's part is to refuse what breaks it (config.md, "Valid values").
enum Conformance {
    /// Whether peers are measured too; else they are left alone, since a miss of theirs is no failure of ours.
    static let measuresPeers = Environment["APUS_CONFORMANCE"] == "1"
}

extension Trait where Self == ConditionTrait {
    /// For ours always, for the others where they are to be measured.
    static var measured: Self {
        .enabled(
            if: RuntimeUnderTest.isOurs || Conformance.measuresPeers,
            "\(RuntimeUnderTest.kind.rawValue): scripts/conformance")
    }
}

extension Bundle {
    /// The operation generates an error.
    func expectError(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(outcome.exit != 0 && !outcome.ranOut, "\(outcome.said)", sourceLocation: sourceLocation)
    }

    /// `create` generates an error for the config as `change` makes it, no container is made, and nothing is left.
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
