import Base
import CSeccomp
import Linux
import OCI

/// A compiled filter as stored in the cache.
///
/// The layout, in the byte order of the machine: ``magic``; the length of the key and of the note in bytes and the
/// number of instructions, in 8 bytes each; key, note, instructions; the ``checksum(_:)`` of all this. An entry is used
/// only if its key is the same, byte for byte. The checksum finds damage by a broken disk or a crash.
struct SeccompCacheEntry: Equatable {
    var key: SeccompCacheKey
    /// What `--debug` says about the compilation; "" for nothing.
    var note: String
    var instructions: [UInt64]

    /// `apusbpf` and a line feed.
    private static let magic: UInt64 = 0x0A66_7062_7375_7061
    private static let head = 32

    /// The most bytes of a stored entry. Docker's profile needs 20 KiB.
    static let longest = 128 << 10

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.head + key.bytes.count + note.utf8.count + instructions.count * 8 + 8)
        func add(_ word: UInt64) { withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) } }
        for word in [Self.magic, UInt64(key.bytes.count), UInt64(note.utf8.count), UInt64(instructions.count)] {
            add(word)
        }
        bytes.append(contentsOf: key.bytes)
        bytes.append(contentsOf: note.utf8)
        instructions.withUnsafeBytes { bytes.append(contentsOf: $0) }
        add(Self.checksum(bytes[...]))
        return bytes
    }

    init(key: SeccompCacheKey, note: String, instructions: [UInt64]) {
        self.key = key
        self.note = note
        self.instructions = instructions
    }

    /// - Returns: nil if `bytes` are not a whole entry, or have another key.
    init?(_ bytes: [UInt8], of key: SeccompCacheKey) {
        let length = key.bytes.count
        guard bytes.count >= Self.head + length + 8, Self.word(bytes, 0) == Self.magic,
            Self.word(bytes, 8) == UInt64(length), let note = Int(exactly: Self.word(bytes, 16)),
            let count = Int(exactly: Self.word(bytes, 24)), note < bytes.count, count <= bytes.count / 8,
            bytes.count == Self.head + length + note + count * 8 + 8
        else { return nil }
        let start = Self.head + length + note
        guard bytes[Self.head..<Self.head + length].elementsEqual(key.bytes),
            Self.word(bytes, bytes.count - 8) == Self.checksum(bytes.dropLast(8))
        else { return nil }
        self.key = key
        self.note = String(decoding: bytes[Self.head + length..<start], as: UTF8.self)
        instructions = (0..<count).map { Self.word(bytes, start + $0 * 8) }
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    }

    /// Computes a checksum that changes if one bit does: the step of FNV-1a (draft-eastlake-fnv), but over 8 bytes at a
    /// time.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { bytes in
            var sum: UInt64 = 0xCBF2_9CE4_8422_2325
            let whole = bytes.count & ~7
            for offset in stride(from: 0, to: whole, by: 8) {
                sum = (sum ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01B3
                // Otherwise the upper half would never affect the lower one.
                sum ^= sum >> 32
            }
            for offset in whole..<bytes.count { sum = (sum ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01B3 }
            return sum
        }
    }
}

/// The key of a compiled filter: everything that its instructions depend on, as bytes. Two keys are equal only if the
/// filters are.
///
/// The flags and the listener are not part of it, since the kernel gets them beside the instructions.
struct SeccompCacheKey: Equatable {
    private(set) var bytes: [UInt8] = []

    /// The version of the layout and of what we compile from a profile. A change makes all old entries useless.
    private static let format: UInt32 = 1

    /// The version of this program. If a bug in our compiler is fixed, filters from before must not be used any more.
    private static var program: String { "\(Version.apus) \(Version.commit ?? "") \(Version.swift)" }

    /// - Parameter program: The version of apus, its commit, and the version of Swift that built it.
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

    /// Adds the text with its length in front, since a name in config.json may hold any character.
    private mutating func add(_ text: String) {
        add(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }
}
