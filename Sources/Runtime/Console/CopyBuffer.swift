/// Bytes on their way from one descriptor to another: as many as fit, so that whoever writes faster than the other reads has to
/// wait, and not the memory to grow.
struct CopyBuffer: ~Copyable {
    private let storage: UnsafeMutableRawBufferPointer
    private var filled = 0..<0

    /// - Parameter capacity: In bytes.
    init(capacity: Int) { storage = .allocate(byteCount: capacity, alignment: 16) }

    deinit { storage.deallocate() }

    var isEmpty: Bool { filled.isEmpty }
    var isFull: Bool { filled.count == storage.count }

    /// What is here, the first byte first.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[filled]) }

    /// Where the next bytes go; empty only where it is full. Then ``add(_:)`` says how many there are.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if filled.upperBound == storage.count, filled.lowerBound > 0 {
            storage.copyMemory(from: bytes)
            filled = 0..<filled.count
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[filled.upperBound...])
    }

    /// `count` bytes were put into the room.
    mutating func add(_ count: Int) { filled = filled.lowerBound..<filled.upperBound + count }

    /// The first `count` bytes are done with.
    mutating func remove(_ count: Int) {
        filled = filled.lowerBound + count..<filled.upperBound
        if filled.isEmpty { removeAll() }
    }

    mutating func removeAll() { filled = 0..<0 }
}
