import Base
import Linux
import TestSupport
import Testing

@testable import Runtime

/// A container's folder without a runtime that made it.
struct MadeFolder: ~Copyable {
    let root: TemporaryFolder
    let folder: ContainerFolder

    init() throws {
        let root = try TemporaryFolder()
        let made = try Store(root: root.path).make(try ContainerID("one"))
        self.root = root
        folder = made
    }
}

@Suite("The record in a container's folder")
struct ContainerFolderTests {
    @Test("a folder without a record is one in which a container is being made")
    func absent() throws {
        let made = try MadeFolder()
        #expect(try made.folder.readRecord() == nil)
        guard case .absent = try made.folder.lookAtRecord() else {
            Issue.record("a record was found")
            return
        }
    }

    @Test("a record that was written is found, and only its user may read it")
    func whole() throws {
        let made = try MadeFolder()
        for record in [StateFileTests.making.with { $0.start = 0 }, StateFileTests.whole] {
            try made.folder.write(record)
            #expect(try made.folder.readRecord() == record)
        }
        #expect(try status("\(made.folder.path)/state.json").permissions == 0o600)
    }

    @Test("a damaged record differs from a missing one, and the failure says what helps")
    func damaged() throws {
        let made = try MadeFolder()
        for text in ["", "{", "[]", #"{"id": 1}"#, String(repeating: " ", count: 17 << 20)] {
            try made.root.write(text, to: "one/state.json")
            let failure = #expect(throws: Failure.self) { try made.folder.readRecord() }
            #expect(failure?.action.contains("\(made.folder.path)/state.json") == true, "\(failure?.line ?? "")")
            #expect(try made.folder.readRecord(forgivingBroken: true) == nil)
        }
        try made.root.write("{", to: "one/state.json")
        guard case .broken(let failure) = try made.folder.lookAtRecord() else {
            Issue.record("the record is not broken")
            return
        }
        #expect(failure.hint == "delete --force removes the container")
    }

    @Test("a record that others may write is not believed, and not forgiven as a broken one")
    func foreign() throws {
        let made = try MadeFolder()
        try made.folder.write(StateFileTests.whole)
        try made.root.change(mode: 0o620, of: "one/state.json")
        let failure = #expect(throws: Failure.self) { try made.folder.readRecord(forgivingBroken: true) }
        #expect(failure?.code == .forbidden)
    }
}
