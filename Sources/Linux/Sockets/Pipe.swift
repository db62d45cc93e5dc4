import Base
import CShim

/// A pipe: what is written at one end is read at the other (pipe2(2)).
public struct Pipe: ~Copyable {
    /// The end to read from.
    public let reader: Descriptor
    /// The end to write to.
    public let writer: Descriptor

    /// Opens both ends, close-on-exec.
    ///
    /// - Throws: ``Failure`` of `pipe2`.
    public init() throws(Failure) {
        var ends: (CInt, CInt) = (-1, -1)
        let answer = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: CInt.self, capacity: 2) { shim_pipe2($0, 0) }
        }
        try check(answer, "pipe2", "open a pipe")
        reader = Descriptor(owning: ends.0)
        writer = Descriptor(owning: ends.1)
    }

    /// Closes the writing end and keeps the other. A parent does this first after a clone.
    public consuming func keepReader() -> Descriptor { reader }
}
