import Base
import CShim

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
