import Base
import Linux
import OCI

/// A step: `linux.personality`; with `LINUX32` uname(2) tells the name of a 32-bit machine.
struct SetPersonality: Equatable {
    var domain: Personality.Domain

    /// - Throws: ``Failure`` for any flag: the spec has none yet.
    init(_ personality: Personality, pointer: String = "/linux/personality") throws(Failure) {
        if let flag = personality.flags?.first {
            throw Failure("unknown personality flag \(quoted(flag))", pointer: "\(pointer)/flags/0")
        }
        domain = personality.domain
    }

    var summary: String { "execution domain \(domain.word)" }

    /// - Throws: ``Failure`` of `personality`.
    func perform() throws(Failure) {
        let number: UInt =
            switch domain {
            case .linux: 0
            case .linux32: 8
            }
        try Scheduling.setPersonality(number)
    }
}
