import Base
import CSeccomp
import Linux
import OCI

/// What a compiled filter is known by: everything that its instructions depend on, as bytes. Two keys are the same only where
/// the filters are.
///
/// The filter's flags and its listener are not in it: the kernel gets them beside the instructions.
struct SeccompCacheKey: Equatable {
    private(set) var bytes: [UInt8] = []

    /// The format of the entries and what is compiled from a profile; another one makes every old entry useless.
    private static let format: UInt32 = 1

    /// This program: what a mended compiler of ours compiled before must not outlive it.
    private static var program: String { "\(Version.apus) \(Version.commit ?? "") \(Version.swift)" }

    /// - Parameter program: The version of apus, and what it was built from and by.
    init(_ profile: SeccompProfile, kernel: KernelVersion, program: String = program) {
        bytes.reserveCapacity(16384)
        add(Self.format)
        add(program)
        add(seccompLibraryVersion)
        add(kernel.text)
        add(SeccompArchitecture.native.word)
        add(profile)
    }

    private mutating func add(_ profile: SeccompProfile) {
        add(profile.defaultVerdict.rawValue)
        for architecture in profile.architectures {
            tag("a")
            add(architecture.word)
        }
        for rule in profile.rules {
            tag("r")
            add(rule.verdict.rawValue)
            for conditions in rule.alternatives {
                tag("o")
                for condition in conditions { add(condition) }
            }
            for name in rule.names { add(name) }
        }
        tag("d")
        for name in profile.namesLikeDefault { add(name) }
    }

    private mutating func add(_ condition: SeccompArgument) {
        tag("c")
        add(condition.index)
        add(condition.op.word)
        add(condition.value)
        add(condition.valueTwo ?? 0)
    }

    private mutating func tag(_ letter: Unicode.Scalar) { bytes.append(UInt8(ascii: letter)) }

    private mutating func add(_ number: some FixedWidthInteger) {
        bytes.append(contentsOf: String(number).utf8)
        tag(" ")
    }

    /// With its length in front, since a name in config.json may hold any character.
    private mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }
}
