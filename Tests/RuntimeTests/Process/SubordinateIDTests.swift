import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("/etc/subuid and /etc/subgid")
struct SubordinateIDTests {
    private let user = SubordinateIDs.User(name: "me", id: 1000)

    private func range(_ inside: UInt32, _ outside: UInt32, _ size: UInt32) -> IDMapping {
        IDMapping(containerID: inside, hostID: outside, size: size)
    }

    private func hint(_ map: [IDMapping], _ text: String) -> String? {
        SubordinateIDs.hint(
            map, own: 1000, SubordinateIDs.ranges(text), of: user, file: "/etc/subuid", command: "usermod")
    }

    @Test("lines of another form count for nothing")
    func parsing() {
        let text = "me:100000:65536\n1000:5:1\n\n# me:1:1\nme:1\nme:x:1\nme:1:0\nme:99999999999:1\nother:7:3"
        #expect(
            SubordinateIDs.ranges(text) == [
                .init(owner: "me", first: 100_000, count: 65_536), .init(owner: "1000", first: 5, count: 1),
                .init(owner: "# me", first: 1, count: 1), .init(owner: "other", first: 7, count: 3),
            ])
    }

    @Test("why a map is refused: no range, too small a range; nothing if the file allows it")
    func hints() {
        let map = [range(0, 1000, 1), range(1, 100_000, 65_536)]
        #expect(hint(map, "me:100000:65536\n") == nil)
        #expect(hint(map, "1000:100000:65536\n") == nil)
        #expect(hint(map, "other:100000:65536\n")?.contains("has no range for user me") == true)
        #expect(hint(map, "me:100000:65535\n")?.contains("100000:65536 is not inside") == true)
        #expect(hint([range(0, 1001, 1)], "me:100000:9\n")?.contains("1001:1 is not inside") == true)
    }

    @Test("ids that another user has too are a warning")
    func sharing() {
        let shared = SubordinateIDs.ranges("me:100:10\nother:109:1\n")
        let warning = SubordinateIDs.sharing(shared, of: user, file: "/etc/subuid")
        #expect(warning?.action.contains("109:1 to user other") == true)
        let apart = SubordinateIDs.ranges("me:100:10\n1000:105:10\nother:115:1\n")
        #expect(SubordinateIDs.sharing(apart, of: user, file: "/etc/subuid") == nil)
    }
}
