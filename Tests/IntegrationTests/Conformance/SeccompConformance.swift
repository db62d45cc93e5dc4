import Testing

/// Seccomp (config-linux.md, "Seccomp").
@Suite("Conformance: seccomp", .inMachine, .measured)
struct SeccompConformance {
    @Test("config-linux.md, Seccomp: an errno for a default action that has none is an error")
    func defaultErrno() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["seccomp"] = ["defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 5]
            }
        }
    }

    @Test("config-linux.md, Seccomp: an errno for an action that has none is an error")
    func errno() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["seccomp"] = SeccompTests.profile(
                    ["names": ["mkdir"], "action": "SCMP_ACT_KILL", "errnoRet": 5])
            }
        }
    }

    @Test("config-linux.md, Seccomp: names has at least one entry; else it is an error")
    func names() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["seccomp"] = SeccompTests.profile(["names": .array([]), "action": "SCMP_ACT_ERRNO"])
            }
        }
    }

    @Test("config-linux.md, Seccomp: listenerMetadata without listenerPath is an error")
    func metadata() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["seccomp"] = SeccompTests.profile(["names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"])
                $0["linux"]["seccomp"]["listenerMetadata"] = "opaque"
            }
        }
    }

    @Test("config-linux.md, Seccomp: a listener that cannot be reached is an error")
    func noListener() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["linux"]["seccomp"] = SeccompTests.profile(["names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"])
                $0["linux"]["seccomp"]["listenerPath"] = "/nowhere/socket"
            }
        }
    }
}
