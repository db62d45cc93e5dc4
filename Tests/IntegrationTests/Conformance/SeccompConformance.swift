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

    /// The container process states, and the descriptors beside them, that an agent gets for a container that runs mkdir.
    private func withHandover(_ body: (borrowing SeccompAgent.Handover, Bundle, Outcome) throws -> Void) throws {
        try Bundle.with({ $0.shell("mkdir /tmp/x; true") }) { bundle throws in
            let path = bundle.folder + "/agent"
            try bundle.edit {
                $0["linux"]["seccomp"] = SeccompListenerTests.profile(SeccompListenerTests.folders, agent: path)
            }
            let agent = try SeccompAgent(at: path)
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            let handover = try agent.accept(within: 20)
            _ = try handover.listener.serve { _ in .errno(5) }
            try body(handover, bundle, program.outcome())
        }
    }

    @Test("config-linux.md, Seccomp: exactly one container process state is sent over a connection, then it is closed")
    func oneState() throws {
        try withHandover { handover, _, outcome throws in
            let isClosed = handover.isClosed
            #expect(isClosed)
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test("config-linux.md, The Container Process State: it is JSON, and has its required properties")
    func state() throws {
        try withHandover { handover, bundle, _ throws in
            let state = handover.state
            #expect(state["ociVersion"].string?.isEmpty == false)
            #expect((state["pid"].int ?? 0) > 0)
            #expect(state["state"]["id"].string == bundle.id)
            #expect(state["state"]["bundle"].string == bundle.folder)
            #expect(state["state"]["status"].string == "creating")
        }
    }

    @Test("config-linux.md, The Container Process State: descriptors come by SCM_RIGHTS in the first message")
    func descriptors() throws {
        try withHandover { handover, _, _ throws in
            let (count, state) = (handover.count, handover.state)
            #expect(count == (1, 0))
            #expect(state["fds"].strings == ["seccompFd"])
        }
    }
}
