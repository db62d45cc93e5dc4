import Base
import Linux
import OCI

/// The gate at which a created container waits for `start`: a socket, `start.sock`, in the container's folder.
///
/// It exists from `create` until `start`. The host binds it before the clone; init inherits it and waits for a
/// connection. `start` connects, sends ``Message/started`` and waits for the end of file. Init's end of the connection
/// is close-on-exec, so the end of file means that init has become the program or has died. If init cannot become the
/// program, it says why before it exits.
///
/// A FIFO would do the same. But a process in the container that may trace init could open init's FIFO again through
/// /proc/1/fd and write to it, and so start the container. A socket cannot be opened that way, and its name exists only
/// on the host.
enum StartGate {
    static let name = "start.sock"

    /// Whether init waits at the gate. The name alone is not enough: a `start` that was killed may have let init pass
    /// and left the name behind.
    ///
    /// - Throws: ``Failure`` if the kernel gives no answer.
    static func exists(in folder: borrowing Descriptor) throws(Failure) -> Bool {
        try ListeningSocket.isListening(at: name, in: folder)
    }

    /// Makes the gate and returns init's end of it.
    static func make(in folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        try ListeningSocket.make(name, at: folder)
    }

    /// Waits, in init, until `start` opens the gate.
    ///
    /// While it waits, init exits by itself on each signal that would normally end a process. The kernel would not end
    /// it: the first process of a pid namespace gets only signals that it handles, except SIGKILL and SIGSTOP from a
    /// parent namespace (pid_namespaces(7)).
    ///
    /// - Returns: The connection to `start`, on which init can still report a failure.
    static func wait(at gate: borrowing Descriptor) throws(Failure) -> Channel {
        let signals = try SignalDescriptor.everySignal()
        while true {
            let connection = try gate.acceptUnlessEnded(signals)
            while try !connection.waitUntilReadable(orEnded: signals) {}
            let starter = Channel(connection, .inside)
            // A `start` that was killed before it sent its message does not open the gate.
            guard try starter.hasMessage(.started) else { continue }
            Signals.unblockAll()
            return starter
        }
    }

    /// Lets init pass and waits until it has become the container's program.
    ///
    /// - Parameters:
    ///   - folder: The container's folder, locked.
    ///   - pid: The pid of init.
    /// - Throws: ``Failure``: the one that init sent; that the container has stopped, if nobody waits at the gate; that
    ///   another process has stopped init.
    static func open(in folder: borrowing Descriptor, pid: Int32) throws(Failure) {
        do throws(Failure) {
            let channel = Channel(try ListeningSocket.connect(to: name, at: folder), .host)
            try channel.send(.started)
            try folder.unlinkat(name)
            try channel.waitForWord(of: pid, try Proc.host())
            try channel.expectEnd()
        } catch  where isNobodyThere(error) {
            throw Failure("cannot start a container that has stopped", code: .containerNotRunning)
        }
    }

    /// Whether one of our own calls on the connection failed because init has ended.
    private static func isNobodyThere(_ failure: Failure) -> Bool {
        switch (failure.cause?.call, failure.errno) {
        case ("connect", .ECONNREFUSED), ("connect", .ENOENT), ("sendmsg", .EPIPE), ("recvmsg", .ECONNRESET): true
        default: false
        }
    }
}

extension Descriptor {
    fileprivate borrowing func acceptUnlessEnded(_ signals: borrowing SignalDescriptor) throws(Failure) -> Descriptor {
        while try !waitUntilReadable(orEnded: signals) {}
        return try accept()
    }

    /// Waits until this descriptor is readable or a signal arrives. Exits if the signal is one that ends processes.
    fileprivate borrowing func waitUntilReadable(orEnded signals: borrowing SignalDescriptor) throws(Failure) -> Bool {
        let ready = try waitUntilReadable(or: signals.number)
        if ready.other, let signal = try signals.next(), Signals.ends(signal) {
            ThisProcess.exit(ProcessEnd.signalled(signal).shellStatus)
        }
        return ready.this
    }
}
