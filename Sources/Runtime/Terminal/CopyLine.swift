import Base
import Linux

/// Copies in one direction between two non-blocking descriptors: it reads from one and writes to the other.
struct CopyLine: ~Copyable {
    /// As large as a pipe's buffer (pipe(7)).
    private var buffer = CopyBuffer(capacity: 65536)
    /// Whether there is nothing more to read, because of the end of file or because the source is gone.
    private(set) var hasEnded: Bool
    /// Whether nobody can receive the output any more. Then we throw it away, so that its writer does not wait for
    /// ever.
    private(set) var isDiscarding = false

    /// - Parameter hasEnded: True for a copy that never begins.
    init(hasEnded: Bool = false) { self.hasEnded = hasEnded }

    /// Whether to wait until the source can be read.
    var wantsToRead: Bool { !hasEnded && !buffer.isFull }
    /// Whether to wait until the sink can be written.
    var wantsToWrite: Bool { !buffer.isEmpty }

    /// Reads once.
    ///
    /// - Returns: How many bytes came; 0 also if there is nothing to read right now.
    mutating func read(from source: borrowing Descriptor) -> Int {
        guard wantsToRead else { return 0 }
        var count = 0
        do throws(Failure) {
            count = try source.read(into: buffer.room())
            hasEnded = count == 0
        } catch {
            // EIO from a terminal's master: the last descriptor of the other end was closed, and everything written has
            // been read.
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

    /// Reads no more. Bytes already here can still be written.
    mutating func end() { hasEnded = true }
}

/// The bytes on their way from one descriptor to another. The buffer does not grow, so that a fast writer waits instead
/// of filling our memory.
struct CopyBuffer: ~Copyable {
    private let storage: UnsafeMutableRawBufferPointer
    private var filled = 0..<0

    /// - Parameter capacity: The size in bytes.
    init(capacity: Int) { storage = .allocate(byteCount: capacity, alignment: 16) }

    deinit { storage.deallocate() }

    var isEmpty: Bool { filled.isEmpty }
    var isFull: Bool { filled.count == storage.count }

    /// The bytes, in the order they came.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[filled]) }

    /// The free space for the next bytes; empty only if the buffer is full. After filling it, call ``add(_:)``.
    mutating func room() -> UnsafeMutableRawBufferPointer {
        if filled.upperBound == storage.count, filled.lowerBound > 0 {
            storage.copyMemory(from: bytes)
            filled = 0..<filled.count
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[filled.upperBound...])
    }

    /// Records that `count` bytes were put into the ``room()``.
    mutating func add(_ count: Int) { filled = filled.lowerBound..<filled.upperBound + count }

    /// Drops the first `count` bytes.
    mutating func remove(_ count: Int) {
        filled = filled.lowerBound + count..<filled.upperBound
        if filled.isEmpty { removeAll() }
    }

    mutating func removeAll() { filled = 0..<0 }
}
