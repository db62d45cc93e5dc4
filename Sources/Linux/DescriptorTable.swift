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

    /// Gives entry `index` away; ``Descriptor/none`` where nothing stands there.
    public mutating func take(_ index: Int) -> Descriptor {
        guard numbers.indices.contains(index) else { return .none }
        defer { numbers[index] = -1 }
        return Descriptor(owning: numbers[index])
    }

    /// Closes every entry but those in `kept`.
    public mutating func removeAll(except kept: [Int] = []) {
        for index in numbers.indices where numbers[index] >= 0 && !kept.contains(index) {
            _ = shim_close(numbers[index])
            numbers[index] = -1
        }
    }
}
