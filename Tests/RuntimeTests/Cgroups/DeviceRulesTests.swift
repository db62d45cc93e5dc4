import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("Device rules")
struct DeviceRulesTests {
    static let denyAll = DeviceRule(allow: false, access: "rwm")
    static let allowAll = DeviceRule(allow: true, access: "rwm")

    static func character(
        _ allow: Bool, _ major: Int64?, _ minor: Int64?, _ access: String = "rwm"
    ) -> DeviceRule {
        DeviceRule(allow: allow, type: "c", major: major, minor: minor, access: access)
    }

    func rules(_ list: [DeviceRule]) throws -> DeviceRules {
        var rules = DeviceRules()
        for (index, rule) in list.enumerated() { try rules.apply(rule, at: "/r/\(index)") }
        return rules
    }

    func exceptions(_ rules: DeviceRules) -> [String] {
        rules.exceptions.map { "\($0.pattern.text) \($0.access.letters)" }
    }

    @Test("a container without any rule has runc's twelve answers: eleven allowances on deny all")
    func defaults() throws {
        let rules = try DeviceRules([], devices: [], at: "/linux/resources/devices")
        #expect(!rules.allowsByDefault)
        #expect(
            exceptions(rules) == [
                "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm",
                "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm",
            ])
    }

    @Test("a device of the config at a default node's path takes the default rule away")
    func replacedDefault() throws {
        let device = Device(type: "c", path: "/dev/null", major: 10, minor: 1)
        let rules = try DeviceRules([], devices: [device], at: "/linux/resources/devices")
        #expect(!exceptions(rules).contains("c 1:3 rwm"))
        #expect(exceptions(rules).contains("c 1:5 rwm"))
    }

    @Test("Docker's rules: the defaults add only what is missing; denying what no rule allowed has no effect")
    func docker() throws {
        let list = [
            Self.denyAll, Self.character(true, 1, 5), Self.character(true, 1, 3), Self.character(true, 5, 1),
            Self.character(false, 10, 229), Self.character(true, nil, nil, "m"),
            DeviceRule(allow: true, type: "b", access: "m"), Self.character(true, 136, -1),
        ]
        let rules = try DeviceRules(list, devices: [], at: "/linux/resources/devices")
        #expect(
            exceptions(rules) == [
                "c 1:5 rwm", "c 1:3 rwm", "c 5:1 rwm", "c *:* m", "b *:* m", "c 136:* rwm", "c 1:8 rwm", "c 1:7 rwm",
                "c 5:0 rwm", "c 1:9 rwm", "c 5:2 rwm", "c 10:200 rwm",
            ])
    }

    @Test("a privileged container needs no program: type a discards the rules before it")
    func privileged() throws {
        #expect(try DeviceRules([Self.allowAll], devices: [], at: "").isUnrestricted)
        let list = [Self.allowAll, Self.character(false, 1, 3), DeviceRule(allow: true, type: "a", access: "r")]
        #expect(try rules(list).isUnrestricted)
        #expect(try rules([Self.character(true, 1, 3), Self.denyAll]) == DeviceRules())
    }

    @Test("accesses of one device are added and removed letter by letter")
    func joined() throws {
        let list = [
            Self.character(true, 1, 3, "r"), Self.character(true, 1, 3, "w"), Self.character(true, 1, 3, "m"),
            Self.character(false, 1, 3, "w"),
        ]
        #expect(exceptions(try rules(list)) == ["c 1:3 rm"])
        #expect(try rules(list + [Self.character(false, 1, 3)]).exceptions.isEmpty)
    }

    @Test("a later, wider rule wins over an earlier, narrower one")
    func wider() throws {
        let list = [
            Self.character(true, 1, 3), Self.character(true, 4, nil, "rw"), Self.character(false, nil, nil, "w"),
        ]
        #expect(exceptions(try rules(list)) == ["c 1:3 rm", "c 4:* r"])
    }

    @Test(
        "a hole in a wider rule is refused, on either base, also if two wildcards cross",
        arguments: [
            [character(true, nil, nil), character(false, 1, 3, "w")],
            [character(true, 1, nil, "rw"), character(false, nil, 3, "r")],
            [allowAll, character(false, 1, nil), character(true, 1, 3, "m")],
        ])
    func holes(list: [DeviceRule]) {
        let failure = #expect(throws: Failure.self) { try rules(list) }
        #expect(failure?.pointer == "/r/\(list.count - 1)")
        #expect(failure?.action.contains("a hole in the wider rule") == true)
    }

    @Test("a denial of other letters, kinds or numbers is no hole")
    func noHoles() throws {
        let list = [
            Self.character(true, nil, nil, "m"), Self.character(true, 1, nil, "r"), Self.character(false, 1, 3, "w"),
            DeviceRule(allow: false, type: "b", major: 1, minor: 3, access: "rwm"), Self.character(false, 2, 3, "r"),
        ]
        #expect(exceptions(try rules(list)) == ["c *:* m", "c 1:* r"])
    }

    @Test("on the base allow, a denial of a default device is refused at the rule list")
    func defaultsHole() {
        let list = [Self.allowAll, Self.character(false, 1, nil, "rw")]
        let failure = #expect(throws: Failure.self) {
            try DeviceRules(list, devices: [], at: "/linux/resources/devices")
        }
        #expect(failure?.pointer == "/linux/resources/devices")
    }

    @Test(
        "an impossible rule is refused with its place",
        arguments: [
            (DeviceRule(allow: true, type: "c"), "/r/0"),
            (DeviceRule(allow: true, access: ""), "/r/0"),
            (DeviceRule(allow: true, type: "c", access: "rx"), "/r/0/access"),
            (DeviceRule(allow: true, type: "p", access: "r"), "/r/0/type"),
            (DeviceRule(allow: true, type: "c", major: -2, access: "r"), "/r/0/major"),
            (DeviceRule(allow: true, type: "c", minor: 1 << 32, access: "r"), "/r/0/minor"),
        ])
    func refused(rule: DeviceRule, pointer: String) {
        let failure = #expect(throws: Failure.self) { try rules([rule]) }
        #expect(failure?.pointer == pointer)
    }
}
