import Base
import Linux

/// One end of what connects the host and init: the socketpair, or a connection through the start gate.
struct Channel: ~Copyable {
    private let end: Descriptor
    private let side: Side

    init(_ end: consuming Descriptor, _ side: Side) {
        self.end = end
        self.side = side
    }

    /// Both ends, made before the clone. Each process keeps one.
    struct Pair: ~Copyable {
        private let ends: SocketPair

        init() throws(Failure) { ends = try SocketPair() }

        /// Keeps the end of `side` and closes the other. Each process does this first after the clone.
        consuming func keep(_ side: Side) -> Channel {
            switch side {
            case .host: Channel(ends.keepFirst(), .host)
            case .inside: Channel(ends.keepSecond(), .inside)
            }
        }
    }

    /// A channel that is not connected yet.
    static func none(_ side: Side) -> Channel { Channel(.none, side) }

    /// Whether the channel is connected.
    var isOpen: Bool { end.isOpen }

    var number: CInt { end.number }

    /// Sends `message` to the other side.
    ///
    /// - Parameter descriptor: The number of a descriptor to pass along; -1 for no descriptor.
    borrowing func send(_ message: Message, passing descriptor: CInt = -1) throws(Failure) {
        if case .failed(let failure) = message { return try end.send(FailurePacket.encode(failure)) }
        do throws(Failure) { try end.send([message.tag], passing: descriptor) } catch  where error.errno == .EPIPE {
            throw gone(nil)
        }
    }

    /// Waits for `wanted`. If a `failed` packet comes instead, throws the failure it carries. If the end of file comes,
    /// the other side has died.
    ///
    /// - Returns: The descriptor that came along; ``Descriptor/none`` if the message brought no descriptor.
    @discardableResult
    borrowing func expect(_ wanted: Message) throws(Failure) -> Descriptor {
        let packet = try end.receive(limit: FailurePacket.packetLimit)
        guard let tag = packet.bytes.first else { throw gone(wanted) }
        if let failure = FailurePacket.decode(packet.bytes) { throw failure }
        guard tag == wanted.tag, packet.bytes.count == 1 else {
            throw Failure("the other side of the runtime said \(tag) where it had to say \(wanted.word)")
        }
        return packet.takeDescriptor()
    }

    /// Whether the other side says `wanted`; false at the end of file. Call it only when there is something to read.
    borrowing func hasMessage(_ wanted: Message) throws(Failure) -> Bool {
        let packet = try end.receive(limit: FailurePacket.packetLimit)
        return packet.bytes == [wanted.tag]
    }

    /// Waits for a message from `sender`. Other processes hold the same end, so its death gives no end of file; its
    /// pidfd shows it instead.
    ///
    /// - Parameter cgroup: The container's cgroup, if the container must not be paused meanwhile: a pause freezes the
    ///   sender too.
    /// - Returns: The descriptor that came along; ``Descriptor/none`` if the message brought no descriptor.
    borrowing func expect(
        _ wanted: Message, from sender: borrowing PidDescriptor, unlessPaused cgroup: String? = nil
    ) throws(Failure) -> Descriptor {
        var ready = try end.waitUntilReadable(or: sender.number, within: patienceMilliseconds)
        while !ready.this, !ready.other {
            if let cgroup, try Cgroup.isFrozen(at: cgroup) { throw Failure.paused }
            ready = try end.waitUntilReadable(or: sender.number, within: patienceMilliseconds)
        }
        // A message sent before the sender died can be read by now.
        guard ready.this || end.isReadable else { throw gone(wanted) }
        return try expect(wanted)
    }

    /// Waits until the other side, the process `pid`, has something to say or has ended.
    ///
    /// - Parameter cgroup: The container's cgroup, if the container must not be paused meanwhile.
    /// - Throws: ``Failure`` if the process is stopped. Other processes in its pid namespace can stop or freeze it, and
    ///   then we would wait for ever.
    borrowing func waitForWord(of pid: Int32, _ proc: borrowing Proc, unlessPaused cgroup: String? = nil)
        throws(Failure)
    {
        while !end.waitUntilReadable(within: patienceMilliseconds) {
            if let cgroup, try Cgroup.isFrozen(at: cgroup) { throw Failure.paused }
            guard let state = try proc.stat(of: pid), state.isStopped else { continue }
            throw Failure(
                "process \(pid) was stopped before it became the program",
                hint: "a process of the container holds it, by a signal or by ptrace(2)", code: .timedOut)
        }
    }

    /// Waits for the end of file: the other side has become its program, or has died.
    ///
    /// - Throws: The ``Failure`` that the other side sent.
    borrowing func expectEnd() throws(Failure) {
        let packet: Packet
        do throws(Failure) { packet = try end.receive(limit: FailurePacket.packetLimit) } catch
            where error.errno == .ECONNRESET
        {
            // It died with a message unread.
            throw gone(nil)
        }
        guard let tag = packet.bytes.first else { return }
        throw FailurePacket.decode(packet.bytes)
            ?? Failure("the other side of the runtime said \(tag) where it had to become its program")
    }

    /// Waits `milliseconds`. The other side has nothing to say in this time, except that it failed; throws that
    /// failure, or the other side's death.
    borrowing func pause(milliseconds: Int) throws(Failure) {
        guard end.waitUntilReadable(within: milliseconds) else { return }
        let packet = try end.receive(limit: FailurePacket.packetLimit)
        guard let tag = packet.bytes.first else { throw gone(nil) }
        throw FailurePacket.decode(packet.bytes)
            ?? Failure("the other side of the runtime said \(tag) where it had nothing to say")
    }

    private func gone(_ wanted: Message?) -> Failure {
        let place = wanted.map { " before it was \($0.word)" } ?? ""
        switch side {
        case .host: return Failure.initDied(place)
        case .inside: return Failure("the runtime died\(place)")
        }
    }
}

extension Failure {
    /// Init died without a message, as a process does that the kernel kills.
    ///
    /// - Parameter place: What it died before, with a space in front; "" if that says nothing.
    static func initDied(_ place: String = "") -> Failure {
        Failure("the container's first process died" + place, code: .initDied)
    }
}
