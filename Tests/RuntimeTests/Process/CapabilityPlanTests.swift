import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

@Suite("Planning capabilities")
struct CapabilityPlanTests {
    let all = CapabilitySet(rawValue: 0x1FF_FFFF_FFFF)

    func set(_ names: String...) throws -> CapabilitySet {
        try names.reduce(into: []) { $0.insert(CapabilitySet(try #require(Capability(name: $1)))) }
    }

    @Test("without capabilities every set is empty, the bounding set included")
    func absent() {
        for sets in [nil, CapabilitySets(), CapabilitySets(bounding: [], effective: [], permitted: [])] {
            let plan = CapabilityPlan(sets, grantable: all)
            #expect(plan.bounding == BoundingSet(kept: []))
            #expect(plan.grant == CapabilityGrant(effective: [], permitted: [], inheritable: [], ambient: []))
            #expect(plan.warnings == [])
        }
    }

    @Test("each set is what was asked for, and implies no other")
    func exact() throws {
        let plan = CapabilityPlan(
            CapabilitySets(
                bounding: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_CHOWN"],
                permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"]), grantable: all)
        #expect(plan.bounding.kept == (try set("CAP_CHOWN", "CAP_KILL")))
        #expect(plan.grant.effective == (try set("CAP_KILL")))
        #expect(plan.grant.inheritable == (try set("CAP_CHOWN")))
        #expect(plan.grant.permitted == (try set("CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW")))
        #expect(plan.grant.ambient == [])
        #expect(plan.warnings == [])
    }

    @Test(
        "a capability that cannot be granted is a warning with its place, and the rest is granted",
        arguments: [
            (
                CapabilitySets(bounding: ["CAP_CHOWN", "CAP_NOPE"]), "bounding/1",
                "unknown capability CAP_NOPE is ignored"
            ),
            (
                CapabilitySets(bounding: ["CAP_A", "CAP_CHOWN", "CAP_B"]), "bounding",
                "unknown capabilities are ignored: CAP_A, CAP_B"
            ),
            (CapabilitySets(permitted: ["chown"]), "permitted/0", "unknown capability chown is ignored"),
            (
                CapabilitySets(bounding: ["CAP_SYS_RESOURCE"]), "bounding/0",
                "CAP_SYS_RESOURCE cannot be granted: the runtime itself does not have it"
            ),
            (
                CapabilitySets(ambient: ["CAP_CHOWN", "CAP_KILL"]), "ambient",
                "CAP_CHOWN, CAP_KILL cannot be granted: it is not both permitted and inheritable"
            ),
            (
                CapabilitySets(effective: ["CAP_CHOWN"]), "effective/0",
                "CAP_CHOWN cannot be granted: it is not permitted"
            ),
            (
                CapabilitySets(inheritable: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"]), "inheritable/0",
                "CAP_CHOWN cannot be granted: it is not in the bounding set"
            ),
            (
                CapabilitySets(bounding: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]), "ambient/0",
                "CAP_CHOWN cannot be granted: it is not both permitted and inheritable"
            ),
            (
                CapabilitySets(bounding: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]),
                "ambient/0",
                "CAP_CHOWN cannot be granted: it is not both permitted and inheritable"
            ),
        ])
    func warnings(sets: CapabilitySets, place: String, words: String) throws {
        let plan = CapabilityPlan(sets, grantable: all.subtracting(try set("CAP_SYS_RESOURCE")))
        let code: Failure.Code = place.hasPrefix("ambient") ? .ambientCapability : .unknownCapability
        #expect(plan.warnings == [Failure(words, pointer: "/process/capabilities/\(place)", code: code)])
    }

    @Test("the words of explain")
    func summary() throws {
        let plan = CapabilityPlan(
            CapabilitySets(
                bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"],
                permitted: ["CAP_KILL"], ambient: ["CAP_KILL"]), grantable: all)
        #expect(plan.bounding.summary == "bounding set: CAP_CHOWN CAP_KILL")
        #expect(
            plan.grant.summary == "capabilities: permitted CAP_KILL; inheritable CAP_KILL; ambient CAP_KILL")
        #expect(CapabilityPlan(nil, grantable: all).grant.summary == "capabilities: permitted none")
    }

    @Test("the steps in their order, as another user", .enabled(if: isRoot, "needs root"))
    func perform() throws {
        let sets = CapabilitySets(
            bounding: ["CAP_CHOWN", "CAP_KILL"], effective: ["CAP_KILL"], inheritable: ["CAP_KILL"],
            permitted: ["CAP_CHOWN", "CAP_KILL"], ambient: ["CAP_KILL"])
        let user = User(uid: 1000, gid: 100, umask: 0o077, additionalGids: [5, 6])
        try onThreadOfItsOwn {
            try unshareUmask()
            let plan = CapabilityPlan(sets, grantable: try Proc.host().status(of: "thread-self").capabilities.bounding)
            try plan.bounding.perform()
            try UserIdentity(user, isInUserNamespace: false).perform()
            try plan.grant.perform()
            #expect(try threadStatus("Uid") == "1000\t1000\t1000\t1000")
            #expect(try threadStatus("Gid") == "100\t100\t100\t100")
            #expect(try threadStatus("Groups") == "5 6")
            #expect(try threadStatus("Umask") == "0077")
            #expect(try threadStatus("CapBnd") == "0000000000000021")
            #expect(try threadStatus("CapPrm") == "0000000000000021")
            #expect(try threadStatus("CapEff") == "0000000000000020")
            #expect(try threadStatus("CapInh") == "0000000000000020")
            #expect(try threadStatus("CapAmb") == "0000000000000020")
        }
    }

    @Test(
        "without capabilities not even root has one, and additional groups are cleared",
        .enabled(if: isRoot, "needs root"))
    func performNothing() throws {
        try onThreadOfItsOwn {
            try unshareUmask()
            try Identity.setgroups([5, 6])
            let plan = CapabilityPlan(nil, grantable: try Proc.host().status(of: "thread-self").capabilities.bounding)
            try plan.bounding.perform()
            try UserIdentity(User(uid: 0, gid: 0), isInUserNamespace: false).perform()
            try plan.grant.perform()
            #expect(try Proc.host().status(of: "thread-self").capabilities == Capabilities())
            #expect(try threadStatus("Groups") == "")
            #expect(try threadStatus("Umask") == "0022")
        }
    }
}
