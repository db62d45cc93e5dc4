import Base
import CShim

/// The open descriptors that one step of a plan leaves for a later one (bind sources, namespaces), each under a name.
///
/// A dictionary cannot hold a ``Descriptor``, which cannot be copied; this value owns them all.
public struct DescriptorTable<Slot: Hashable>: ~Copyable {
    private var numbers: [Slot: CInt] = [:]

    /// An empty table.
    public init() {}

    deinit { for number in numbers.values { _ = shim_close(number) } }

    /// Takes over `descriptor` as `slot`; what was there is closed.
    public mutating func put(_ descriptor: consuming Descriptor, at slot: Slot) {
        let number = descriptor.isOpen ? descriptor.release() : nil
        if let old = numbers.removeValue(forKey: slot) { _ = shim_close(old) }
        numbers[slot] = number
    }

    /// Gives away what is at `slot`; ``Descriptor/none`` if nothing is.
    public mutating func take(_ slot: Slot) -> Descriptor {
        Descriptor(owning: numbers.removeValue(forKey: slot) ?? -1)
    }

    /// A second descriptor of what is at `slot`, which stays.
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

    /// Closes every one but those in `kept`.
    public mutating func removeAll(except kept: [Slot] = []) {
        for (slot, number) in numbers where !kept.contains(slot) {
            _ = shim_close(number)
            numbers[slot] = nil
        }
    }
}
