import Base
import CShim
import Linux
import OCI

/// A step: `linux.personality`; with `LINUX32` uname(2) tells the name of a 32-bit machine.
struct SetPersonality: Equatable {
    var domain: Personality.Domain

    /// - Throws: ``Failure`` for any flag: the spec has none yet.
    init(
        _ personality: Personality, pointer: String = "/linux/personality", _ refuse: Refuse = throwing
    ) throws(Failure) {
        for (index, flag) in (personality.flags ?? []).enumerated() {
            try refuse(
                Failure(
                    "unknown personality flag \(quoted(flag))", pointer: "\(pointer)/flags/\(index)",
                    code: .unknownValue))
        }
        domain = personality.domain
    }

    var summary: String { "execution domain \(domain.word)" }

    /// - Throws: ``Failure`` of `personality`.
    func perform() throws(Failure) {
        let number: UInt =
            switch domain {
            case .linux: UInt(PER_LINUX)
            case .linux32: UInt(PER_LINUX32)
            }
        try Scheduling.personality(number)
    }
}
