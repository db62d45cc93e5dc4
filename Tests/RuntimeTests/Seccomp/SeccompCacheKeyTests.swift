import Linux
@testable import OCI
import Testing

@testable import Runtime

@Suite("The key of a cached seccomp filter")
struct SeccompCacheKeyTests {
    func key(_ seccomp: Seccomp, kernel: KernelVersion = SeccompCacheTests.kernel) throws -> SeccompCacheKey {
        SeccompCacheKey(try SeccompProfile(seccomp), kernel: kernel)
    }

    func rule(
        _ names: [String] = ["read"], _ action: SeccompAction = .allow, _ arguments: [SeccompArgument]? = nil
    ) -> Seccomp {
        Seccomp(defaultAction: .errno, syscalls: [SeccompRule(names: names, action: action, args: arguments)])
    }

    func argument(
        _ index: UInt32 = 0, _ value: UInt64 = 1, _ second: UInt64? = nil, _ op: SeccompOperator = .equal
    ) -> SeccompArgument { SeccompArgument(index: index, value: value, valueTwo: second, op: op) }

    @Test("another version of apus, or of its build tools, makes another key: a compiler bug may have been fixed")
    func programs() throws {
        let profile = try SeccompProfile(rule())
        let keys = ["0.1.0 abc 6.3", "0.1.1 abc 6.3", "0.1.0 abd 6.3", "0.1.0 abc 6.4"].map {
            SeccompCacheKey(profile, kernel: SeccompCacheTests.kernel, program: $0).bytes
        }
        #expect(Set(keys).count == keys.count)
    }

    @Test("everything that makes another filter makes another key")
    func different() throws {
        let kinds: [Seccomp] = [
            Seccomp(defaultAction: .allow), Seccomp(defaultAction: .log), Seccomp(defaultAction: .errno),
            Seccomp(defaultAction: .errno, defaultErrnoRet: 2),
            Seccomp(defaultAction: .errno, architectures: ["SCMP_ARCH_X86"]),
            Seccomp(defaultAction: .errno, architectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]),
            rule(), rule(["write"]), rule(["read", "write"]), rule(["write", "read"]), rule(["read"], .log),
            rule(["read"], .kill), rule(["read"], .errno), rule(["write"], .errno),
            rule(["read"], .allow, [argument()]), rule(["read"], .allow, [argument(1)]),
            rule(["read"], .allow, [argument(0, 2)]), rule(["read"], .allow, [argument(0, 1, 1)]),
            rule(["read"], .allow, [argument(0, 1, nil, .notEqual)]),
            rule(["read"], .allow, [argument(), argument(1)]), rule(["read"], .allow, [argument(), argument()]),
            // names may hold any separator
            rule(["read5:write"]), rule(["read 5 write"]), rule(["read\n"]), rule(["read", ""]), rule([""]),
        ]
        let keys = try kinds.map { try key($0) }
        for (index, key) in keys.enumerated() {
            #expect(keys.firstIndex(of: key) == index, "\(kinds[index])")
        }
    }

    @Test("the kernel's version is part of it, and so are libseccomp's and the machine's")
    func host() throws {
        #expect(try key(rule()) != key(rule(), kernel: KernelVersion(major: 6, minor: 2)))
        let text = String(decoding: try key(rule()).bytes, as: UTF8.self)
        #expect(text.contains(seccompLibraryVersion))
        #expect(text.contains(SeccompArchitecture.native.word))
    }

    @Test("neither what the kernel gets beside the instructions nor the place in config.json is in the key")
    func same() throws {
        var other = rule()
        other.flags = ["SECCOMP_FILTER_FLAG_LOG"]
        other.syscalls?.insert(SeccompRule(names: ["read"], action: .errno), at: 0)
        var plain = rule()
        plain.syscalls?.append(SeccompRule(names: ["read"], action: .errno))
        #expect(try key(other) == key(plain))
    }
}
