import Base
import Linux

/// The gate at which a created container waits for `start`: a socket, `start.sock`, in the container's folder.
///
/// It exists as long as the container was created and not started. The host binds it before the clone, and init inherits it and
/// waits for a connection. `start` connects, says ``Message/started``, and waits for the end of file: init's end of the
/// connection is close-on-exec, so that says that init has become the program, or has died. An init that cannot become the
/// program says why before it exits.
///
/// A FIFO would do the same, but init's descriptor of it could be opened again from inside the container, by way of
/// /proc/1/fd, by whoever may trace init: and writing there would start the container. A socket has no such way in, and its
/// name is only on the host.
enum StartGate {
    static let name = "start.sock"

    /// Whether somebody waits at it: a `start` that was killed may have let init pass and left the name.
    ///
    /// - Throws: ``Failure`` if the kernel could not say.
    static func exists(in folder: borrowing Descriptor) throws(Failure) -> Bool {
        try ListeningSocket.isListening(at: name, in: folder)
    }

    /// Makes the gate; init's side of it.
    static func make(in folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        try ListeningSocket.make(name, at: folder)
    }

    /// init's part: waits until `start` opens the gate.
    ///
    /// Meanwhile init ends by any signal that ends a process. The kernel would not do that: it keeps the first process of a pid
    /// namespace from all signals that the process does not handle, but for a parent's SIGKILL and SIGSTOP
    /// (pid_namespaces(7)).
    ///
    /// - Returns: The connection to `start`, for a last word.
    static func wait(at gate: borrowing Descriptor) throws(Failure) -> Channel {
        let signals = try SignalDescriptor.every()
        while true {
            let connection = try gate.acceptUnlessEnded(signals)
            while try !connection.isReadable(orEnded: signals) {}
            let starter = Channel(connection, .inside)
            // A `start` that was killed before it said a word lets nobody pass.
            guard try starter.hasMessage(.started) else { continue }
            Signals.holdNone()
            return starter
        }
    }

    /// Lets init pass, and waits until it has become the container's program.
    ///
    /// - Parameters:
    ///   - folder: The container's folder, locked.
    ///   - pid: init's.
    /// - Throws: ``Failure``: what init said it could not do; that the container has stopped, if nobody waits at the gate; that
    ///   somebody holds init still.
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

    /// Whether a failure is one of our own calls on the connection, and not the one that init told of by it.
    private static func isNobodyThere(_ failure: Failure) -> Bool {
        switch (failure.cause?.call, failure.errno) {
        case ("connect", .ECONNREFUSED), ("connect", .ENOENT), ("sendmsg", .EPIPE), ("recvmsg", .ECONNRESET): true
        default: false
        }
    }
}

extension Descriptor {
    fileprivate borrowing func acceptUnlessEnded(_ signals: borrowing SignalDescriptor) throws(Failure) -> Descriptor {
        while try !isReadable(orEnded: signals) {}
        return try accept()
    }

    /// Waits for this descriptor to be readable, or for a signal, which ends the process if it ends processes.
    fileprivate borrowing func isReadable(orEnded signals: borrowing SignalDescriptor) throws(Failure) -> Bool {
        let ready = try waitToRead(or: signals.number)
        if ready.other, let signal = try signals.next(), Signals.ends(signal) {
            ThisProcess.exit(ProcessEnd.signalled(signal).shellStatus)
        }
        return ready.this
    }
}
