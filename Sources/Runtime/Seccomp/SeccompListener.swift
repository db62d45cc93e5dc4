import Base
import Linux
import OCI

/// The seccomp agent: a program on the host that decides about the calls with `SCMP_ACT_NOTIFY` (runtime-spec 1.3,
/// config-linux.md, `listenerPath`; kernel side: seccomp_unotify(2)).
struct SeccompListener: Equatable {
    /// The socket that it listens on; a relative path starts at the bundle.
    var path: String
    /// Where config.json names the socket.
    var pointer = "/linux/seccomp/listenerPath"
    /// A text that the agent gets beside the container's state.
    var metadata: String?

    /// crun's annotation that asks for a listener even if no rule needs one (crun(1), `run.oci.seccomp.receiver`).
    static let annotation = "run.oci.seccomp.receiver"

    /// - Parameter receiver: The socket of ``annotation``. It has precedence over `listenerPath`, and is used even
    ///   without a rule that needs it.
    /// - Returns: nil if no rule needs a listener. The spec says to ignore `listenerPath` then.
    /// - Throws: ``Failure`` if a rule needs a listener and there is no path.
    init?(_ seccomp: Seccomp, receiver: String? = nil) throws(Failure) {
        if let receiver, !receiver.isEmpty {
            guard receiver.utf8.first == UInt8(ascii: "/") else {
                throw Failure(
                    "the path of the seccomp receiver must be absolute", pointer: "/annotations/\(Self.annotation)",
                    code: .relativePath)
            }
            path = receiver
            pointer = "/annotations/\(Self.annotation)"
            metadata = seccomp.listenerMetadata
            return
        }
        guard let index = (seccomp.syscalls ?? []).firstIndex(where: { $0.action == .notify }) else { return nil }
        guard let path = seccomp.listenerPath, !path.isEmpty else {
            throw Failure(
                "SCMP_ACT_NOTIFY needs a listenerPath", pointer: "/linux/seccomp/syscalls/\(index)/action",
                hint: "set linux.seccomp.listenerPath to the socket of a seccomp agent", code: .missingCompanion)
        }
        self.path = path
        metadata = seccomp.listenerMetadata
    }
}

/// Connects to the seccomp agent.
struct ConnectAgent: HostWork {
    static var word: StaticString { "connect-agent" }

    var path: String

    var summary: String { "connect to the seccomp agent at \(path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.agent = try Receiver.connect(
            to: "the seccomp agent at", at: path,
            hint: "a program must listen there, to decide on the calls of SCMP_ACT_NOTIFY")
    }
}

/// Takes the listener from init as soon as the filter is loaded, and sends it to the agent with the container's state
/// (config-linux.md, "The Container Process State").
///
/// init cannot send it: the filter may pass any call to the agent, even sendmsg(2), and nobody would answer yet. So the
/// host looks for the listener among init's descriptors and copies it (pidfd_getfd(2)).
struct HandOverListener: HostWork {
    static var word: StaticString { "hand-over-listener" }

    var listener: SeccompListener

    var summary: String { "hand the seccomp listener to the agent at \(listener.path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let descriptor = try take(session)
        var state = ContainerProcessState.empty
        state.ociVersion = Version.specification
        state.fds = ["seccompFd"]
        state.pid = Int(session.pid)
        state.metadata = listener.metadata
        state.state = session.record.state(try status(session), pid: session.record.pid ?? session.pid)
        do throws(Failure) {
            try session.agent.send(Array(state.json(.compact).utf8), passing: descriptor)
        } catch {
            throw Failure("send the listener to the seccomp agent at \(listener.path)", cause: error.cause)
        }
        // There is one message per connection. The end of the stream tells the agent that it has everything.
        session.agent = .none
    }

    /// The container's status. As long as no init is on record, the container is being created.
    private func status(_ session: borrowing HostSide) throws(Failure) -> State.Status {
        if session.record.pid == nil { return .creating }
        return try session.folder.hasGate(of: session.record) ? .created : .running
    }

    private func take(_ session: borrowing HostSide) throws(Failure) -> Descriptor {
        let deadline = Clock.deadline(milliseconds: patienceMilliseconds)
        while Clock.monotonic() < deadline {
            if let number = try find(session) { return try session.pidfd.getfd(number) }
            try session.channel.pause(milliseconds: 1)
        }
        throw Failure(
            "the container's first process did not load its seccomp filter within \(patienceMilliseconds / 1000) s")
    }

    /// Finds the listener's number in init. The kernel names what each descriptor leads to, and until now only our own
    /// code has run in init, so the name can be trusted.
    private func find(_ session: borrowing HostSide) throws(Failure) -> CInt? {
        let folder = try session.proc.open("\(session.pid)/fd", [.readOnly, .directory])
        for name in try folder.names() {
            // init may have closed this descriptor just now.
            guard let target = try? folder.readlinkat(name), target == "anon_inode:seccomp notify" else { continue }
            return CInt(name)
        }
        return nil
    }
}

/// Closes init's copy of the listener; the agent has its own. If init kept it and the agent ended, the kernel would
/// think that someone may still answer, and a call that init makes would wait for ever.
struct CloseListener: InsideWork {
    static var word: StaticString { "close-listener" }

    var summary: String { "close the seccomp listener" }

    func perform(_ session: inout InsideSide) { session.listener = .none }
}
