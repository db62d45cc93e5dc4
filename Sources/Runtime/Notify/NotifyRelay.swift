import Base
import Linux

/// Tells the service manager that started us when the container's program says that it is ready (sd_notify(3)).
///
/// Nothing else is passed on: a container must not change what is known of the service, as its main process or its watchdog.
struct NotifyRelay: ~Copyable {
    /// What the container's program sends to.
    private let socket: Descriptor
    /// Where the service manager listens.
    private let address: String
    /// Closed at the other end once the service manager has dealt with all that we have told it (sd_notify_barrier(3)).
    private var barrier = Descriptor.none
    private var deadline: Int64 = 0

    /// How long the service manager may take, in milliseconds.
    private static let patience = 30_000

    /// Makes the socket of a container that was made with a folder for it.
    ///
    /// - Parameters:
    ///   - folder: The container's.
    ///   - address: `NOTIFY_SOCKET`; nil where nobody wants to know.
    /// - Returns: One that never has anything to do, where nobody wants to know or the container has no such folder.
    static func open(in folder: borrowing ContainerFolder, to address: String?) throws(Failure) -> NotifyRelay {
        guard let address else { return .none }
        let own: Descriptor
        do throws(Failure) {
            own = try Linux.open(NotifyFolder.name, at: folder.directory, [.path, .directory, .noFollow])
        } catch  where error.errno == .ENOENT { return .none }
        return NotifyRelay(socket: try DatagramSocket.bound(to: NotifyFolder.socket, at: own), address: address)
    }

    /// None.
    static var none: NotifyRelay { NotifyRelay(socket: .none, address: "") }

    private init(socket: consuming Descriptor, address: String) {
        self.socket = socket
        self.address = address
    }

    /// Whether there is one.
    var isOpen: Bool { socket.isOpen }
    /// What to wait for, by epoll(7) or poll(2).
    var number: CInt { socket.number }

    /// The lines of a message that say so; a message may have others (sd_notify(3)).
    static func readyLines(_ message: [UInt8]) -> [[UInt8]] {
        message.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: "READY=".utf8) }.map(Array.init)
    }

    /// Reads one message, and passes on what it says about being ready.
    ///
    /// - Parameter pid: The service's main process from now on.
    /// - Returns: Whether it said so.
    mutating func passOn(mainProcess pid: Int32) throws(Failure) -> Bool {
        // One that cannot be read, as with more descriptors than are taken, is none of ours.
        guard let message = try? socket.receive(limit: 4096).bytes else { return false }
        let lines = Self.readyLines(message)
        guard !lines.isEmpty else { return false }
        let manager = try DatagramSocket.connected(to: address)
        for line in lines { try manager.send(line + [UInt8(ascii: "\n")]) }
        try manager.send(Array("MAINPID=\(pid)\n".utf8))
        let pipe = try Pipe()
        try manager.send(Array("BARRIER=1".utf8), passing: pipe.writer.number)
        barrier = pipe.keepReader()
        deadline = Clock.monotonic() + Int64(Self.patience) * 1_000_000
        return true
    }

    /// Waits until the service manager has taken what it was told: it looks at whose message it is, so we must still be there.
    mutating func finish() {
        guard barrier.isOpen else { return }
        let left = max(0, (deadline - Clock.monotonic()) / 1_000_000)
        _ = barrier.isReadable(within: Int(left))
        barrier = .none
    }

    /// Passes on that a container is ready whose runtime then goes away; returns also where its process has ended.
    mutating func waitUntilReady(_ process: borrowing PidDescriptor, pid: Int32) throws(Failure) {
        guard isOpen else { return }
        let poll = try EventPoll()
        _ = try poll.add(process.number, .readable, tag: 0)
        _ = try poll.add(socket.number, .readable, tag: 1)
        var isReady = false
        while !isReady {
            // Its last message may have come with its end.
            let hasEnded = try poll.wait() == 0
            repeat { isReady = try passOn(mainProcess: pid) } while !isReady && socket.isReadable(within: 0)
            if hasEnded { break }
        }
        finish()
    }
}
