import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("validate: id mappings")
struct MappingRulesTests {
    private func pointers(_ map: [IDMapping]) throws -> [String] {
        let refusals = Refusals(collects: true)
        try MappingRules.check(map, at: "/m", refusals.add)
        return refusals.all.map { $0.pointer ?? "" }
    }

    @Test("adjacent ranges are accepted, up to the largest id")
    func fine() throws {
        #expect(
            try pointers([
                IDMapping(containerID: 0, hostID: 1000, size: 1), IDMapping(containerID: 1, hostID: 1001, size: 9),
                IDMapping(containerID: 100, hostID: 4_294_967_294, size: 1),
            ]) == [])
        #expect(try pointers([IDMapping(containerID: 0, hostID: 0, size: 4_294_967_295)]) == [])
    }

    @Test("ranges that overlap, inside or on the host")
    func overlap() throws {
        let first = IDMapping(containerID: 10, hostID: 1000, size: 10)
        #expect(try pointers([first, IDMapping(containerID: 19, hostID: 0, size: 1)]) == ["/m/1"])
        #expect(try pointers([first, IDMapping(containerID: 20, hostID: 0, size: 1)]) == [])
        #expect(try pointers([first, IDMapping(containerID: 0, hostID: 0, size: 11)]) == ["/m/1"])
        #expect(try pointers([first, IDMapping(containerID: 0, hostID: 1009, size: 1)]) == ["/m/1"])
        #expect(try pointers([first, IDMapping(containerID: 0, hostID: 1010, size: 1)]) == [])
    }

    @Test("no ids, and ids above the largest")
    func ranges() throws {
        #expect(try pointers([IDMapping(containerID: 0, hostID: 0, size: 0)]) == ["/m/0/size"])
        #expect(try pointers([IDMapping(containerID: 1, hostID: 0, size: .max)]) == ["/m/0/size"])
        #expect(try pointers([IDMapping(containerID: .max, hostID: 0, size: 1)]) == ["/m/0/size"])
    }

    @Test("340 ranges are accepted, 341 are too many, and very many are checked in little time")
    func many() throws {
        func map(_ count: UInt32) -> [IDMapping] {
            (0..<count).map { IDMapping(containerID: $0, hostID: $0, size: 1) }
        }
        #expect(try pointers(map(340)) == [])
        #expect(try pointers(map(341)) == ["/m"])
        #expect(try pointers(map(20_000)) == ["/m"])
    }
}
