import Base
import Linux
import OCI

/// Tells the service manager that started us when the container's program says that it is ready (sd_notify(3)).
///
/// Nothing else is passed on. A container must not change what the manager knows about the service, such as its main
/// process or its watchdog.
struct NotifyRelay: ~Copyable {
    /// The socket that the container's program sends to.
    private var socket: Descriptor
    /// The address at which the service manager listens.
    private let address: String
    /// A pipe's end. The service manager closes the other end when it has handled everything we sent
    /// (sd_notify_barrier(3)).
    private var barrier = Descriptor.none
    private var deadline: Int64 = 0

    /// How long the service manager may take: 30 s.
    private static let patienceMilliseconds = 30_000

    /// Makes the socket, if the container was made with a folder for it.
    ///
    /// - Parameters:
    ///   - folder: The container's folder.
    ///   - address: `NOTIFY_SOCKET`; nil if no service manager waits.
    /// - Returns: The relay. It never has anything to do if no service manager waits or the container has no such
    ///   folder.
    static func open(in folder: borrowing ContainerFolder, to address: String?) throws(Failure) -> NotifyRelay {
        guard let address else { return .none }
        let own: Descriptor
        do throws(Failure) {
            own = try folder.directory.openat(NotifyFolder.name, [.path, .directory, .noFollow])
        } catch  where error.errno == .ENOENT { return .none }
        return NotifyRelay(socket: try DatagramSocket.bound(to: NotifyFolder.socket, at: own), address: address)
    }

    /// A relay that does nothing.
    static var none: NotifyRelay { NotifyRelay(socket: .none, address: "") }

    private init(socket: consuming Descriptor, address: String) {
        self.socket = socket
        self.address = address
    }

    /// Whether the relay still waits for a message.
    var isOpen: Bool { socket.isOpen }
    /// The descriptor to wait on, with epoll(7) or poll(2).
    var number: CInt { socket.number }

    /// Returns the line of a message that says "ready". A message may have other lines (sd_notify(3)).
    static func readyLine(_ message: [UInt8]) -> [UInt8]? {
        message.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "READY=".utf8) }.map(Array.init)
    }

    /// Reads one message. If it says "ready", passes that on and closes the socket: otherwise a hostile container could
    /// keep us and the service manager busy with further messages.
    ///
    /// - Parameter pid: The service's main process from now on.
    /// - Returns: Whether the message said "ready".
    mutating func passOn(mainProcess pid: Int32) throws(Failure) -> Bool {
        guard isOpen, let message = try socket.readMessage(limit: 4096), let ready = Self.readyLine(message) else {
            return false
        }
        close()
        do throws(Failure) { try tell(ready, mainProcess: pid) } catch {
            throw error.during("tell the service manager at \(address)")
        }
        return true
    }

    /// Passes on what the process said before it ended, then closes the socket.
    mutating func passOnLast(mainProcess pid: Int32) throws(Failure) {
        // Processes left in the container may go on sending. The limit covers the messages already queued
        // (max_dgram_qlen).
        for _ in 0..<512 where isOpen && socket.isReadable { _ = try passOn(mainProcess: pid) }
        close()
    }

    private mutating func tell(_ ready: [UInt8], mainProcess pid: Int32) throws(Failure) {
        let manager = try DatagramSocket.connected(to: address, sendingWithin: Self.patienceMilliseconds)
        try manager.send(ready + [UInt8(ascii: "\n")])
        try manager.send(Array("MAINPID=\(pid)\n".utf8))
        let pipe = try Pipe()
        try manager.send(Array("BARRIER=1".utf8), passing: pipe.writer.number)
        barrier = pipe.keepReader()
        deadline = Clock.deadline(milliseconds: Self.patienceMilliseconds)
    }

    /// Closes the socket, which also removes it from every epoll(7).
    private mutating func close() { socket = .none }

    /// Waits until the service manager has read our messages. It looks up the sender of each message, so we must still
    /// exist then.
    mutating func finish() {
        guard barrier.isOpen else { return }
        let left = max(0, (deadline - Clock.monotonic()) / 1_000_000)
        _ = barrier.waitUntilReadable(within: Int(left))
        barrier = .none
    }

    /// Passes on that the container is ready, before the runtime exits. Also returns if the container's process has
    /// ended.
    mutating func waitUntilReady(_ process: borrowing PidDescriptor, pid: Int32) throws(Failure) {
        guard isOpen else { return }
        let poll = try EventPoll()
        _ = try poll.add(process.number, .readable, tag: 0)
        _ = try poll.add(socket.number, .readable, tag: 1)
        while isOpen {
            if try poll.wait() == 0 {
                try passOnLast(mainProcess: pid)
            } else {
                _ = try passOn(mainProcess: pid)
            }
        }
        finish()
    }
}
