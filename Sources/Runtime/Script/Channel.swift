import Base
import Linux

/// One end of the socketpair between host and init.
struct Channel: ~Copyable {
    private let end: Descriptor
    private let side: Side

    init(_ end: consuming Descriptor, _ side: Side) {
        self.end = end
        self.side = side
    }

    /// Both ends, from before the clone.
    struct Pair: ~Copyable {
        private let ends: SocketPair

        init() throws(Failure) { ends = try SocketPair() }

        /// Keeps the end of `side` and closes the other, as each process does first after the clone.
        consuming func keep(_ side: Side) -> Channel {
            switch side {
            case .host: Channel(ends.closingSecond(), .host)
            case .inside: Channel(ends.closingFirst(), .inside)
            }
        }
    }

    /// Not connected yet.
    static func none(_ side: Side) -> Channel { Channel(.none, side) }

    /// Whether there is one.
    var isOpen: Bool { end.isOpen }

    /// The descriptor's number.
    var number: CInt { end.number }

    /// - Parameter descriptor: The number of one that goes along; -1 for none.
    borrowing func send(_ message: Message, passing descriptor: CInt = -1) throws(Failure) {
        if case .failed(let failure) = message { return try end.send(FailurePacket.encode(failure)) }
        do throws(Failure) { try end.send([message.tag], passing: descriptor) } catch  where error.errno == .EPIPE {
            throw gone(nil)
        }
    }

    /// Waits for `wanted`. A `failed` packet is thrown as the failure it carries; the end of file says that the other
    /// side died.
    ///
    /// - Returns: The descriptor that came along; none where there was none.
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

    /// Whether the other side says `wanted`; false at the end of file. It must be known that there is something to read.
    borrowing func hasMessage(_ wanted: Message) throws(Failure) -> Bool {
        let packet = try end.receive(limit: FailurePacket.packetLimit)
        return packet.bytes == [wanted.tag]
    }

    /// Waits for a message that only `sender` can send, though others hold the other end as well: its death is seen by its
    /// pidfd, and not by an end of file.
    ///
    /// - Parameter cgroup: The container's, if it may not be paused meanwhile: it may freeze what is in it.
    /// - Returns: The descriptor that came along; none if there was none.
    borrowing func expect(
        _ wanted: Message, from sender: borrowing PidDescriptor, unlessPaused cgroup: String? = nil
    ) throws(Failure) -> Descriptor {
        var ready = try end.waitToRead(or: sender.number, within: patience)
        while !ready.this, !ready.other {
            if let cgroup, try Cgroup.isFrozen(at: cgroup) { throw Failure.paused }
            ready = try end.waitToRead(or: sender.number, within: patience)
        }
        // What it said before it died is there by now.
        guard ready.this || end.isReadable(within: 0) else { throw gone(wanted) }
        return try expect(wanted)
    }

    /// Waits until the other side, the process `pid`, has something to say, or has ended.
    ///
    /// - Parameter cgroup: The container's, if it may not be paused meanwhile.
    /// - Throws: ``Failure`` if it does not run: others in its pid namespace can stop it, or freeze it, and we would wait for ever.
    borrowing func waitForWord(of pid: Int32, _ proc: borrowing Proc, unlessPaused cgroup: String? = nil)
        throws(Failure)
    {
        while !end.isReadable(within: patience) {
            if let cgroup, try Cgroup.isFrozen(at: cgroup) { throw Failure.paused }
            guard let state = try proc.start(of: pid), state.isStopped else { continue }
            throw Failure(
                "process \(pid) was stopped before it became the program",
                hint: "a process of the container holds it, by a signal or by ptrace(2)", code: .timedOut)
        }
    }

    /// Waits for the end of file: the other side has become its program, or died.
    ///
    /// - Throws: ``Failure``: what it said it could not do.
    borrowing func expectEnd() throws(Failure) {
        let packet = try end.receive(limit: FailurePacket.packetLimit)
        guard let tag = packet.bytes.first else { return }
        throw FailurePacket.decode(packet.bytes)
            ?? Failure("the other side of the runtime said \(tag) where it had to become its program")
    }

    /// Waits `milliseconds` while the other side has nothing to say but that it failed, or died, which is thrown.
    borrowing func pause(milliseconds: Int) throws(Failure) {
        guard end.isReadable(within: milliseconds) else { return }
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
    /// Init died without a word, as a process does that the kernel ends.
    ///
    /// - Parameter place: Before what, with a space in front; "" if that says nothing.
    static func initDied(_ place: String = "") -> Failure {
        Failure("the container's first process died" + place, code: .initDied)
    }
}
