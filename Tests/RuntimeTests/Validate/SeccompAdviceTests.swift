import Base
@testable import OCI
import Testing

@testable import Runtime

/// `validate` warns of a profile under which no container starts.
@Suite("validate: what a seccomp profile must allow")
struct SeccompAdviceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var profile: String
        var isLocked = false
        var capabilities: [String] = []
        /// The places of the warnings.
        var places: [String] = []
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "everything allowed", profile: #"{"defaultAction": "SCMP_ACT_ALLOW"}"#),
        Case(
            name: "nothing allowed", profile: #"{"defaultAction": "SCMP_ACT_ERRNO"}"#, isLocked: true,
            places: ["/linux/seccomp/defaultAction"]),
        Case(
            name: "without noNewPrivileges capset too", profile: #"{"defaultAction": "SCMP_ACT_KILL"}"#,
            places: ["/linux/seccomp/defaultAction", "/linux/seccomp/defaultAction"]),
        Case(
            name: "not if CAP_SYS_ADMIN stays", profile: #"{"defaultAction": "SCMP_ACT_KILL"}"#,
            capabilities: ["CAP_SYS_ADMIN"], places: ["/linux/seccomp/defaultAction"]),
        Case(
            name: "both allowed",
            profile: #"""
                {"defaultAction": "SCMP_ACT_ERRNO",
                 "syscalls": [{"names": ["execve", "capset"], "action": "SCMP_ACT_ALLOW"}]}
                """#),
        Case(
            name: "execve denied",
            profile: #"""
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["execve"], "action": "SCMP_ACT_ERRNO"}]}
                """#, places: ["/linux/seccomp/syscalls/0/action"]),
        Case(
            name: "denied for some arguments, which are not known",
            profile: #"""
                {"defaultAction": "SCMP_ACT_ALLOW",
                 "syscalls": [{"names": ["execve"], "action": "SCMP_ACT_ERRNO",
                               "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}]}
                """#),
        Case(
            name: "a listener: the runtime's way through the gate is under the filter",
            profile: #"""
                {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/s",
                 "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"},
                              {"names": ["accept4"], "action": "SCMP_ACT_ERRNO"}]}
                """#, places: ["/linux/seccomp/syscalls/1/action"]),
    ]

    @Test("each call that is made under the filter and that the filter stops", arguments: cases)
    func warns(one: Case) throws {
        let seccomp = try Seccomp(json: one.profile)
        var process = OCI.Process(args: ["sh"], cwd: "/", noNewPrivileges: one.isLocked)
        process.capabilities = CapabilitySets(effective: one.capabilities)
        let warnings = SeccompAdvice.all(seccomp, process).filter { $0.0 == .warning }
        #expect(warnings.map { $0.1.pointer } == one.places)
    }
}
