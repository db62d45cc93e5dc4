import Base
import CShim

/// An open file descriptor that this value owns: it is closed once, when the value goes away.
///
/// It cannot be copied, so "who closes this?" has one answer, written in the types. Give it away with `consuming`,
/// lend it with `borrowing`.
@frozen public struct Descriptor: ~Copyable, Sendable {
    /// The kernel's number for it, 0 or more; -1 for ``none``.
    public let number: CInt

    /// Takes over `number`, which must be open and have no other owner.
    public init(owning number: CInt) { self.number = number }

    deinit { if number >= 0 { _ = shim_close(number) } }

    /// No descriptor yet: the kernel answers EBADF to every call on it.
    public static var none: Descriptor { Descriptor(owning: -1) }

    /// Whether there is a descriptor at all.
    public var isOpen: Bool { number >= 0 }

    /// Leaves the descriptor open and gives up ownership.
    public consuming func release() -> CInt {
        let number = self.number
        discard self
        return number
    }

    /// Returns a second descriptor of the same open file, also close-on-exec (fcntl(2), F_DUPFD_CLOEXEC).
    public borrowing func duplicate() throws(Failure) -> Descriptor {
        Descriptor(
            owning: try check(shim_fcntl(number, F_DUPFD_CLOEXEC, 3), "fcntl", "duplicate descriptor \(number)"))
    }
}

extension Descriptor {
    /// The status flags of the open file (fcntl(2), F_GETFL). All copies of the descriptor share them.
    public borrowing func statusFlags() throws(Failure) -> OpenFlags {
        OpenFlags(rawValue: try check(shim_fcntl(number, F_GETFL, 0), "fcntl", "look at descriptor \(number)"))
    }

    /// F_SETFL: sets the status flags; only O_APPEND and O_NONBLOCK matter here.
    public borrowing func set(statusFlags flags: OpenFlags) throws(Failure) {
        try check(shim_fcntl(number, F_SETFL, Int(flags.rawValue)), "fcntl", "set the flags of descriptor \(number)")
    }
}

/// The open descriptors that one step leaves for a later one (bind sources, namespaces), each under a name.
///
/// A dictionary cannot hold a ``Descriptor``, which cannot be copied; this value owns them all.
public struct DescriptorTable<Slot: Hashable>: ~Copyable {
    private var numbers: [Slot: CInt] = [:]

    /// An empty table.
    public init() {}

    deinit { for number in numbers.values { _ = shim_close(number) } }

    /// Takes over `descriptor` as `slot`, and closes what was there.
    public mutating func put(_ descriptor: consuming Descriptor, at slot: Slot) {
        let number = descriptor.isOpen ? descriptor.release() : nil
        if let old = numbers.removeValue(forKey: slot) { _ = shim_close(old) }
        numbers[slot] = number
    }

    /// Gives away the descriptor at `slot`; ``Descriptor/none`` if there is none.
    public mutating func take(_ slot: Slot) -> Descriptor {
        Descriptor(owning: numbers.removeValue(forKey: slot) ?? -1)
    }

    /// Returns a second descriptor of what is at `slot`, which keeps its own.
    ///
    /// - Throws: ``Failure``: EBADF if nothing is there.
    public borrowing func duplicate(_ slot: Slot) throws(Failure) -> Descriptor {
        // A Descriptor closes its number when it goes away, and the number stays the table's. So it is released again.
        let lent = Descriptor(owning: numbers[slot] ?? -1)
        do throws(Failure) {
            let copy = try lent.duplicate()
            _ = lent.release()
            return copy
        } catch {
            _ = lent.release()
            throw error
        }
    }

    /// Closes all descriptors except those in `kept`.
    public mutating func removeAll(except kept: [Slot] = []) {
        for (slot, number) in numbers where !kept.contains(slot) {
            _ = shim_close(number)
            numbers[slot] = nil
        }
    }
}
