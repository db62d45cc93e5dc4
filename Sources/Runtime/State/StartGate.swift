import Base
import Linux

/// The gate at which a created container waits for `start`: a FIFO, `exec.fifo`, in the container's folder.
///
/// It exists as long as the container was created and not started. The host opens it for reading and writing before the
/// clone, init inherits the descriptor and blocks in read(2): there is no path, no /proc and no owner to attack. `start`
/// opens it for writing, which fails with ENXIO where init is gone, and writes one byte.
///
/// init's descriptor is close-on-exec: when the last reader is gone, init has become the program, or it has died. An init
/// that cannot become the program writes why into the FIFO before it exits; `start` finds it there.
enum StartGate {
    static let name = "exec.fifo"

    /// Whether somebody waits at it: a `start` that was killed may have let init pass and left the FIFO, which has no reader
    /// then (fifo(7): ENXIO).
    ///
    /// - Throws: ``Failure`` where the kernel could not say.
    static func exists(in folder: borrowing Descriptor) throws(Failure) -> Bool {
        do throws(Failure) {
            _ = try Ours.open(name, in: folder, .fifo, .writeOnly, path: name)
            return true
        } catch  where error.errno == .ENOENT || error.errno == .ENXIO { return false }
    }

    /// Makes the gate and opens init's side of it.
    static func make(in folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        try makeNode(name, at: folder, kind: .fifo, permissions: 0o600)
        return try Linux.open(name, at: folder, [.readWrite, .noFollow])
    }

    /// init's part: blocks until `start` opens the gate.
    static func wait(at gate: borrowing Descriptor) throws(Failure) {
        let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { byte.deallocate() }
        guard try gate.read(into: byte) == 1 else { throw Failure("wait for start: the gate was closed") }
    }

    /// Lets init pass, and waits until it has become the container's program.
    ///
    /// - Parameter folder: The container's folder, locked.
    /// - Throws: ``Failure``: what init said it could not do; that the container has stopped, where nobody waits at the gate.
    static func open(in folder: borrowing Descriptor) throws(Failure) {
        let gate = try openForWriting(in: folder)
        try remove(name, at: folder)
        try gate.waitForReadersToLeave()
        let rest = try Proc.host().follow("self/fd/\(gate.number)", [.readOnly, .nonBlocking])
        let bytes = try rest.readAllWithoutWaiting(limit: FailurePacket.packetLimit)
        if let failure = FailurePacket.decode(bytes) { throw failure }
    }

    /// Opens the gate and lets one byte through.
    private static func openForWriting(in folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        do throws(Failure) {
            let gate = try Ours.open(name, in: folder, .fifo, .writeOnly, path: name)
            try gate.write("0", "the start gate")
            return gate
        } catch  where error.errno == .ENXIO || error.errno == .EPIPE {
            throw Failure("cannot start a container that has stopped", code: .containerNotRunning)
        }
    }

    /// init's last word, where it cannot become the program.
    static func report(_ failure: Failure, at gate: borrowing Descriptor) {
        // One write below PIPE_BUF is whole; a longer one fits the empty pipe, which holds 64 KiB.
        let bytes = FailurePacket.encode(failure)
        try? bytes.withUnsafeBytesThrowing { bytes throws(Failure) in try gate.write(bytes, "the start gate") }
    }
}
