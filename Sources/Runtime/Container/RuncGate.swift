import Base
import Linux

/// The gate of a container that runc made: a FIFO, `exec.fifo`, in the container's folder. runc's init opens it for
/// writing, which waits for a reader, and writes one byte before it becomes the program.
enum RuncGate {
    private static let name = "exec.fifo"

    /// Whether init waits at the gate: `start` removes it.
    static func exists(in folder: borrowing Descriptor) throws(Failure) -> Bool {
        do throws(Failure) { return try folder.openat(name, [.path, .noFollow]).status().kind == .fifo } catch
            where error.errno == .ENOENT
        { return false }
    }

    /// Lets init pass.
    ///
    /// - Throws: ``Failure``: that the container has stopped, if init ends without a byte.
    static func open(in folder: borrowing Descriptor, _ process: borrowing PidDescriptor) throws(Failure) {
        let gate = try folder.openat(name, [.readOnly, .nonBlocking, .noFollow])
        guard try gate.status().kind == .fifo else { throw Failure("\(name) is not a FIFO", code: .forbidden) }
        let ready = try gate.waitUntilReadable(or: process.number, within: patienceMilliseconds)
        var count = 0
        if ready.this {
            var byte: UInt8 = 0
            var failure: Failure?
            withUnsafeMutableBytes(of: &byte) { bytes in
                do throws(Failure) { count = try gate.read(into: bytes) } catch { failure = error }
            }
            if let failure { throw failure }
        }
        guard count == 1 else {
            throw Failure("cannot start a container that has stopped", code: .containerNotRunning)
        }
        try folder.unlinkat(name)
    }
}
