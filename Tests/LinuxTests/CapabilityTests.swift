import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Capabilities")
struct CapabilityTests {
    @Test("every name that the kernel has leads to its number and back")
    func names() {
        #expect(Capability(name: "CAP_CHOWN")?.number == 0)
        #expect(Capability(name: "CAP_SYS_ADMIN")?.number == 21)
        #expect(Capability(name: "CAP_CHECKPOINT_RESTORE")?.number == 40)
        for number in 0...40 as ClosedRange<UInt8> {
            let capability = Capability(number: number)
            #expect(Capability(name: capability.name) == capability)
        }
        #expect(Capability(number: 63).name == "CAP_63")
    }

    @Test(
        "any other spelling of a name is unknown",
        arguments: [
            "", "CHOWN", "cap_chown", "CAP_chown", "CAP_", "CAP_NOPE", "0", "40", "all", "CAP_\u{212A}ILL",
            "CAP_CHOWN\0",
        ])
    func unknown(name: String) {
        #expect(Capability(name: name) == nil)
    }

    @Test("sets count from bit 0")
    func sets() {
        #expect(CapabilitySet.upTo(Capability(number: 40)).rawValue == 0x1FF_FFFF_FFFF)
        #expect(CapabilitySet.upTo(Capability(number: 63)).rawValue == .max)
        #expect(CapabilitySet(rawValue: 0x8000_0000_0000_0005).members.map(\.number) == [0, 2, 63])
        #expect(CapabilitySet.kernel.contains(Capability(number: 40)))
    }

    @Test("the sets of a thread are those in /proc")
    func current() throws {
        let sets = try Proc.host().status(of: "thread-self").capabilities
        #expect(try threadStatus("CapEff") == hexadecimal(sets.effective))
        #expect(try threadStatus("CapPrm") == hexadecimal(sets.permitted))
        #expect(try threadStatus("CapInh") == hexadecimal(sets.inheritable))
        #expect(try threadStatus("CapBnd") == hexadecimal(sets.bounding))
        #expect(try threadStatus("CapAmb") == hexadecimal(sets.ambient))
    }

    @Test("dropping, setting and raising, as another user", .enabled(if: isRoot, "needs root"))
    func apply() throws {
        try onThreadOfItsOwn {
            let kept: CapabilitySet = [.init(Capability(number: 0)), .init(Capability(number: 10))]
            let one = CapabilitySet(Capability(number: 10))
            try Capabilities.dropBounding(keeping: kept)
            try Capabilities.keepAcrossUserChange(true)
            try Identity.setgroups([7, 9])
            try Identity.setresgid(1234)
            try Identity.setresuid(4321)
            let sets = Capabilities(bounding: kept, effective: one, permitted: kept, inheritable: one, ambient: one)
            try sets.apply()
            #expect(try Proc.host().status(of: "thread-self").capabilities == sets)
            #expect(try threadStatus("Groups") == "7 9")
            #expect(try threadStatus("Uid") == "4321\t4321\t4321\t4321")
            #expect(try threadStatus("Gid") == "1234\t1234\t1234\t1234")

            // Only the requested ambient capabilities; none is kept from before.
            try Capabilities(permitted: kept, inheritable: one).apply()
            #expect(try Proc.host().status(of: "thread-self").capabilities.ambient == [])
            let failure = #expect(throws: Failure.self) {
                try Capabilities(permitted: kept, inheritable: one, ambient: kept).apply()
            }
            #expect(failure?.line == "raise CAP_CHOWN in the ambient set: operation not permitted")
            let second = #expect(throws: Failure.self) { try Capabilities(permitted: .kernel).apply() }
            #expect(second?.errno == .EPERM)
            // A capability that is gone need not be dropped again; one that is there cannot be dropped without
            // CAP_SETPCAP.
            try Capabilities.dropBounding(keeping: kept)
            #expect(throws: Failure.self) { try Capabilities.dropBounding(keeping: []) }
        }
    }

    private func hexadecimal(_ set: CapabilitySet) -> String {
        let digits = String(set.rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
