import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The options idmap and ridmap")
struct IDMapOptionTests {
    @Test("the two words, with and without ranges; no other word")
    func words() {
        #expect(IDMapOption("idmap")?.isRecursive == false)
        #expect(IDMapOption("ridmap")?.isRecursive == true)
        #expect(IDMapOption("idmap")?.ranges == nil)
        #expect(IDMapOption("ridmap=uids=0-1-2;gids=0-1-2")?.ranges == "uids=0-1-2;gids=0-1-2")
        for word in ["idmaps", "id", "mode=idmap", ""] { #expect(IDMapOption(word) == nil, "\(word)") }
        #expect(MountOptions(["rbind", "ridmap", "ro"]).idMap?.isRecursive == true)
        #expect(MountOptions(["rbind", "idmap"]).data == [])
    }

    static let container = [
        IDMapping(containerID: 0, hostID: 1000, size: 1), IDMapping(containerID: 1, hostID: 100000, size: 1000),
    ]

    @Test("ranges become maps; with @ they go through the container's")
    func ranges() throws {
        func uids(_ ranges: String) throws -> [IDMapping]? {
            try IDMapOption("idmap=uids=\(ranges);gids=0-0-1")?.maps(uids: Self.container, gids: nil)?.uids
        }
        #expect(
            try uids("0-1-10#10-11-20") == [
                IDMapping(containerID: 0, hostID: 1, size: 10), IDMapping(containerID: 10, hostID: 11, size: 20),
            ])
        #expect(try uids("@0-3-10") == [IDMapping(containerID: 0, hostID: 100002, size: 10)])
        #expect(try uids("@5-0-1") == [IDMapping(containerID: 5, hostID: 1000, size: 1)])
        #expect(try IDMapOption("idmap")?.maps(uids: Self.container, gids: nil) == nil)
        #expect(try IDMapOption("idmap=")?.maps(uids: nil, gids: nil) == nil)
    }

    @Test(
        "impossible ranges are refused",
        arguments: [
            ("uids=0-1;gids=0-1-2", "malformed id range \"0-1\""), ("uids=0-1-x;gids=0-1-2", "malformed id range"),
            ("uids=0-1-0;gids=0-1-2", "malformed id range"), ("uids=0-1-2", "ranges of both uids and gids"),
            ("pids=0-1-2", "unknown id ranges \"pids=0-1-2\""), ("uids=0-4294967296-2;gids=0-1-2", "malformed"),
            ("uids=@0-0-2;gids=0-1-2", "the container has no ids 0 to 1 in one range"),
            ("uids=0-1-2;gids=@0-0-2", "need a user namespace"), ("uids=0-1-2#;gids=0-1-2", "malformed id range \"\""),
        ])
    func refused(ranges: String, words: String) {
        let failure = #expect(throws: Failure.self) {
            _ = try IDMapOption("idmap=\(ranges)")?.maps(uids: Self.container, gids: nil)
        }
        #expect(failure?.line.contains(words) == true, "\(failure?.line ?? "")")
    }
}
