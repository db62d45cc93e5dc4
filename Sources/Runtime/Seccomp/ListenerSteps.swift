import Base
import Linux
import OCI

/// Connects to the seccomp agent.
struct ConnectAgent: Equatable {
    var path: String

    var summary: String { "connect to the seccomp agent at \(path)" }

    func perform(_ session: inout HostSession) throws(Failure) {
        session.agent = try Receiver.connect(
            to: "the seccomp agent at", at: path,
            hint: "a program must listen there, to decide on the calls of SCMP_ACT_NOTIFY")
    }
}

/// Takes the listener from init as soon as the filter is loaded, and hands it to the agent with the container's state
/// (config-linux.md, "The Container Process State").
///
/// init does not send it: the filter may pass any call on to the agent, also sendmsg(2). So it is looked for among the
/// descriptors of init, and copied.
struct HandOverListener: Equatable {
    var listener: SeccompListener

    var summary: String { "hand the seccomp listener to the agent at \(listener.path)" }

    func perform(_ session: inout HostSession) throws(Failure) {
        let descriptor = try take(session)
        let state = ContainerProcessState(
            ociVersion: Version.specification, fds: ["seccompFd"], pid: Int(session.pid), metadata: listener.metadata,
            state: session.record.state(try status(session), pid: session.record.pid ?? session.pid))
        do throws(Failure) {
            try session.agent.send(Array(state.json(.compact).utf8), passing: descriptor)
        } catch {
            throw Failure("send the listener to the seccomp agent at \(listener.path)", cause: error.cause)
        }
        // One message a connection: the end of file tells the agent that it has all.
        session.agent = .none
    }

    /// The container's: it is being made as long as there is no init on record.
    private func status(_ session: borrowing HostSession) throws(Failure) -> State.Status {
        if session.record.pid == nil { return .creating }
        return try session.folder.hasGate() ? .created : .running
    }

    private func take(_ session: borrowing HostSession) throws(Failure) -> Descriptor {
        let deadline = Clock.monotonic() + Int64(patience) * 1_000_000
        while Clock.monotonic() < deadline {
            if let number = try find(session) { return try session.pidfd.descriptor(number) }
            try session.channel.pause(milliseconds: 1)
        }
        throw Failure("the container's first process did not load its seccomp filter within \(patience / 1000) s")
    }

    /// The listener's number in init. What it leads to is told by the kernel: until now init is all our own.
    private func find(_ session: borrowing HostSession) throws(Failure) -> CInt? {
        let folder = try session.proc.open("\(session.pid)/fd", [.readOnly, .directory])
        for name in try folder.names() {
            // One that init has just closed is none.
            guard let target = try? folder.readlinkat(name), target == "anon_inode:seccomp notify" else { continue }
            return CInt(name)
        }
        return nil
    }
}

/// Lets go of the listener, which the agent has: while init held it, a call of its own would wait for ever once the agent is
/// gone.
struct CloseListener: Equatable {
    var summary: String { "close the seccomp listener" }

    func perform(_ session: inout InsideSession) { session.listener = .none }
}
