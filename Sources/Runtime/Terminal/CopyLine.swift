import Base
import Linux

/// One direction of a copy between two descriptors that do not wait: what is read at the one is written at the other.
struct CopyLine: ~Copyable {
    /// As much as a pipe holds.
    private var buffer = CopyBuffer(capacity: 65536)
    /// Whether there is nothing more to read: the end of the file came, or the source is gone.
    private(set) var hasEnded: Bool
    /// Whether nobody takes what is written. What comes is thrown away then: who writes it does not have to wait for ever.
    private(set) var isDiscarding = false

    /// - Parameter hasEnded: True for a line that never begins.
    init(hasEnded: Bool = false) { self.hasEnded = hasEnded }

    /// Whether to wait until the source can be read.
    var wantsToRead: Bool { !hasEnded && !buffer.isFull }
    /// Whether to wait until the sink can be written.
    var wantsToWrite: Bool { !buffer.isEmpty }

    /// Reads once.
    ///
    /// - Returns: How many bytes came; 0 also where there is nothing to read right now.
    mutating func read(from source: borrowing Descriptor) -> Int {
        guard wantsToRead else { return 0 }
        var count = 0
        do throws(Failure) {
            count = try source.read(into: buffer.room())
            hasEnded = count == 0
        } catch {
            // EIO of a terminal's master: the last descriptor of the other end was closed, and all that was written is read.
            hasEnded = error.errno != .EAGAIN
        }
        if !isDiscarding { buffer.add(count) }
        return count
    }

    /// Writes as much as the sink takes now.
    mutating func write(to sink: borrowing Descriptor) {
        while !buffer.isEmpty {
            do throws(Failure) { buffer.remove(try sink.writeOnce(buffer.bytes)) } catch {
                if error.errno == .EAGAIN { return }
                isDiscarding = true
                buffer.removeAll()
            }
        }
    }

    /// Reads again from a source that had ended.
    mutating func goOn() { hasEnded = false }

    /// Reads no more; what is here can still be written.
    mutating func end() { hasEnded = true }
}

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
