import Base
import CShim

/// An open file descriptor that this value owns: it is closed once, when the value goes away.
///
/// It cannot be copied, so "who closes this?" has one answer, written in the types. Give it away with `consuming`,
/// lend it with `borrowing`.
public struct Descriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by, 0 or more.
    public let number: CInt

    /// Takes over `number`, which must be open and owned by nobody else.
    public init(owning number: CInt) { self.number = number }

    deinit { _ = shim_close(number) }

    /// Leaves the descriptor open and gives up ownership.
    public consuming func release() -> CInt {
        let number = self.number
        discard self
        return number
    }
}
