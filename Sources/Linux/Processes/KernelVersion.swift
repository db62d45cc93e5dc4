import Base
import CShim

/// The first two numbers of the kernel's release (uname(2)).
public struct KernelVersion: Equatable, Comparable, Sendable {
    /// 6 in 6.12.
    public var major: Int
    /// 12 in 6.12.
    public var minor: Int

    /// `major.minor`
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The oldest supported kernel: the first with all of clone3(2) into a cgroup, openat2(2), mount_setattr(2) and
    /// `cgroup.kill`.
    public static let oldest = KernelVersion(major: 5, minor: 14)

    /// Returns the version of the running kernel.
    public static func running() throws(Failure) -> KernelVersion {
        var release = [CChar](repeating: 0, count: Int(__NEW_UTS_LEN) + 1)
        try check(
            release.withUnsafeMutableBufferPointer { shim_release($0.baseAddress) }, "uname",
            "find the kernel's version")
        let numbers = release.split { $0 == 46 || $0 == 45 || $0 == 0 }.prefix(2).map { digits in
            digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        guard numbers.count == 2 else { throw Failure("the kernel's version cannot be read") }
        return KernelVersion(major: numbers[0], minor: numbers[1])
    }

    /// `6.12`
    public var text: String { "\(major).\(minor)" }

    /// The older one comes first.
    public static func < (one: KernelVersion, other: KernelVersion) -> Bool {
        (one.major, one.minor) < (other.major, other.minor)
    }
}
