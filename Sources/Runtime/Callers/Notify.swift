import Base
import Linux
import OCI

/// Where the container's program finds the socket at which it can tell that it is ready (sd_notify(3)): a folder of the
/// container's own, so that it can be bound into the container before the socket is there, as `start` makes it.
enum NotifyFolder {
    /// In the container's folder.
    static let name = "notify"
    /// In it.
    static let socket = "notify.sock"
    /// In the container, as in runc's.
    static let destination = "/run/notify"

    /// What the container's program is told.
    static let variable = (name: "NOTIFY_SOCKET", value: "\(destination)/\(socket)")

    /// The mount that shows it in the container.
    static func mount(of request: CreateRequest) -> Mount {
        Mount {
            $0.destination = destination
            $0.source = "\(request.root)/\(request.id.text)/\(name)"
            $0.options = ["bind", "nosuid", "noexec", "nodev", "ro"]
        }
    }

    /// Removes it, with the socket.
    ///
    /// - Parameter folder: The container's.
    static func remove(from folder: borrowing Descriptor) throws(Failure) {
        let own = try folder.openat(name, [.path, .directory, .noFollow])
        do throws(Failure) { try own.unlinkat(socket) } catch  where error.errno == .ENOENT {}
        try folder.unlinkat(name, isDirectory: true)
    }
}

/// Makes it, for everybody to read: in a user namespace nobody there owns it.
struct MakeNotifyFolder: HostWork {
    static var word: StaticString { "make-notify-folder" }

    var summary: String { "make a folder for \(NotifyFolder.variable.name)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.folder.directory.mkdirat(NotifyFolder.name, mode: 0o755)
        try session.folder.directory.fchmodat(NotifyFolder.name, mode: 0o755)
    }
}

/// Tells the service manager that started us when the container's program says that it is ready (sd_notify(3)).
///
/// Nothing else is passed on: a container must not change what is known of the service, as its main process or its watchdog.
struct NotifyRelay: ~Copyable {
    /// What the container's program sends to.
    private var socket: Descriptor
    /// Where the service manager listens.
    private let address: String
    /// Closed at the other end once the service manager has dealt with all that we have told it (sd_notify_barrier(3)).
    private var barrier = Descriptor.none
    private var deadline: Int64 = 0

    /// How long the service manager may take, in seconds.
    private static let patience: Int64 = 30

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
            own = try folder.directory.openat(NotifyFolder.name, [.path, .directory, .noFollow])
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

    /// The line of a message that says so; a message may have others (sd_notify(3)).
    static func readyLine(_ message: [UInt8]) -> [UInt8]? {
        message.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "READY=".utf8) }.map(Array.init)
    }

    /// Reads one message, and passes on where it says so: once, for what a hostile container may say after that would be our work
    /// and the service manager's.
    ///
    /// - Parameter pid: The service's main process from now on.
    /// - Returns: Whether it said so.
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

    /// Passes on what was said before the process ended; then nobody is listened to any more.
    mutating func passOnLast(mainProcess pid: Int32) throws(Failure) {
        // Who is left in the container may go on sending: what was in the queue (max_dgram_qlen) is enough.
        for _ in 0..<512 where isOpen && socket.isReadable(within: 0) { _ = try passOn(mainProcess: pid) }
        close()
    }

    private mutating func tell(_ ready: [UInt8], mainProcess pid: Int32) throws(Failure) {
        let manager = try DatagramSocket.connected(to: address, patience: Self.patience)
        try manager.send(ready + [UInt8(ascii: "\n")])
        try manager.send(Array("MAINPID=\(pid)\n".utf8))
        let pipe = try Pipe()
        try manager.send(Array("BARRIER=1".utf8), passing: pipe.writer.number)
        barrier = pipe.keepReader()
        deadline = Clock.monotonic() + Self.patience * 1_000_000_000
    }

    /// Also epoll(7) forgets it.
    private mutating func close() { socket = .none }

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
