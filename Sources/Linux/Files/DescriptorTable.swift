import Base
import CShim

/// The open descriptors that a plan refers to by index.
///
/// An array cannot hold a ``Descriptor``, which cannot be copied; so the many of a plan (bind sources, namespaces) live
/// in this one owned value, and steps name them by where they stand.
public struct DescriptorTable: ~Copyable {
    private var numbers: [CInt] = []

    /// An empty table.
    public init() {}

    deinit { for number in numbers where number >= 0 { _ = shim_close(number) } }

    /// Takes over `descriptor` as entry `index`; what stood there is closed.
    public mutating func put(_ descriptor: consuming Descriptor, at index: Int) {
        while numbers.count <= index { numbers.append(-1) }
        if numbers[index] >= 0 { _ = shim_close(numbers[index]) }
        numbers[index] = descriptor.release()
    }

    /// Gives entry `index` away; ``Descriptor/none`` if nothing stands there.
    public mutating func take(_ index: Int) -> Descriptor {
        guard numbers.indices.contains(index) else { return .none }
        defer { numbers[index] = -1 }
        return Descriptor(owning: numbers[index])
    }

    /// A second descriptor of entry `index`, which stays.
    ///
    /// - Throws: ``Failure``: EBADF if nothing stands there.
    public borrowing func duplicate(_ index: Int) throws(Failure) -> Descriptor {
        let lent = Descriptor(owning: numbers.indices.contains(index) ? numbers[index] : -1)
        do throws(Failure) {
            let copy = try lent.duplicate()
            _ = lent.release()
            return copy
        } catch {
            _ = lent.release()
            throw error
        }
    }

    /// Closes every entry but those in `kept`.
    public mutating func removeAll(except kept: [Int] = []) {
        for index in numbers.indices where numbers[index] >= 0 && !kept.contains(index) {
            _ = shim_close(numbers[index])
            numbers[index] = -1
        }
    }
}
