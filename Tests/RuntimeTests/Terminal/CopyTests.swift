import Base
import Glibc
import Linux
import Testing

@testable import Runtime

@Suite("Copying between descriptors")
struct CopyTests {
    /// Puts as much of `text` into the free room as fits.
    private func put(_ text: String, into buffer: inout CopyBuffer) -> Int {
        let room = buffer.room()
        let bytes = Array(text.utf8.prefix(room.count))
        room.copyBytes(from: bytes)
        buffer.add(bytes.count)
        return bytes.count
    }

    private func text(_ buffer: borrowing CopyBuffer) -> String { String(decoding: buffer.bytes, as: UTF8.self) }

    @Test("bytes leave a buffer in their order, and make room for others")
    func buffer() {
        var buffer = CopyBuffer(capacity: 8)
        #expect(buffer.isEmpty && !buffer.isFull)
        #expect(put("abcdef", into: &buffer) == 6)
        buffer.remove(4)
        #expect(text(buffer) == "ef")
        // there is room for two at the end; then the rest moves to the front
        #expect(put("ghijk", into: &buffer) == 2)
        #expect(put("ijklmn", into: &buffer) == 4)
        #expect(buffer.isFull && text(buffer) == "efghijkl")
        #expect(put("x", into: &buffer) == 0)
        buffer.remove(8)
        #expect(buffer.isEmpty == true)
        #expect(put("12345678", into: &buffer) == 8)
        buffer.removeAll()
        #expect(buffer.isEmpty && text(buffer) == "")
    }

    /// A pipe whose ends do not block.
    private func pipe() throws -> Pipe {
        let pipe = try Pipe()
        try pipe.reader.set(statusFlags: .nonBlocking)
        try pipe.writer.set(statusFlags: [.writeOnly, .nonBlocking])
        return pipe
    }

    @Test("a line reads while there is room, writes while the sink accepts, and ends with its source")
    func line() throws {
        let from = try pipe(), to = try pipe()
        var line = CopyLine()
        #expect(line.wantsToRead && !line.wantsToWrite)
        #expect(line.read(from: from.reader) == 0 && !line.hasEnded)
        try from.writer.write("some words", "the pipe")
        #expect(line.read(from: from.reader) == 10)
        #expect(line.wantsToWrite == true)
        line.write(to: to.writer)
        #expect(line.wantsToWrite == false)
        #expect(try to.reader.readWhatIsThere() == Array("some words".utf8))
        let reader = from.keepReader()
        #expect(line.read(from: reader) == 0)
        #expect(line.hasEnded && !line.wantsToRead)
    }

    @Test("a sink that accepts nothing stops the reading, and nothing is lost")
    func slowSink() throws {
        let from = try pipe(), to = try pipe()
        var line = CopyLine()
        let piece = [UInt8](repeating: 7, count: 4096)
        var sent = 0, received = 0
        for _ in 0..<100 {
            if let count = try? piece.withUnsafeBytes({ try from.writer.writeOnce($0) }) { sent += count }
            _ = line.read(from: from.reader)
            line.write(to: to.writer)
        }
        // the two pipes and the buffer are full
        #expect(!line.wantsToRead && line.wantsToWrite)
        #expect(sent >= 3 * 65536)
        while received < sent {
            let bytes = try to.reader.readWhatIsThere()
            #expect(!bytes.isEmpty)
            received += bytes.count
            line.write(to: to.writer)
            _ = line.read(from: from.reader)
            line.write(to: to.writer)
        }
        #expect(received == sent)
    }

    @Test("a closed sink swallows everything, so that the source never stops")
    func goneSink() throws {
        signal(SIGPIPE, SIG_IGN)
        let from = try pipe()
        var line = CopyLine()
        let writer: Descriptor
        do {
            let to = try pipe()
            writer = try to.writer.duplicate()
        }
        for _ in 0..<50 {
            try from.writer.write(String(repeating: "x", count: 4096), "the pipe")
            #expect(line.read(from: from.reader) == 4096)
            line.write(to: writer)
            #expect(line.wantsToRead && !line.wantsToWrite)
        }
        #expect(line.isDiscarding == true)
    }

    @Test("a line that has ended still writes what it has")
    func ended() throws {
        let from = try pipe(), to = try pipe()
        var line = CopyLine()
        try from.writer.write("last", "the pipe")
        _ = line.read(from: from.reader)
        line.end()
        #expect(!line.wantsToRead && line.wantsToWrite)
        line.write(to: to.writer)
        #expect(try to.reader.readWhatIsThere() == Array("last".utf8))
        let never = CopyLine(hasEnded: true)
        #expect(never.wantsToRead == false)
    }
}

extension Descriptor {
    /// Reads what is in a non-blocking pipe now.
    fileprivate borrowing func readWhatIsThere() throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count: Int
            do throws(Failure) { count = try read(into: piece) } catch  where error.errno == .EAGAIN { return bytes }
            guard count > 0 else { return bytes }
            bytes += piece.prefix(count)
        }
    }
}
