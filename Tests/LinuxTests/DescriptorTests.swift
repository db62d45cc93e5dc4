import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Descriptors")
struct DescriptorTests {
    /// A pipe by its numbers. The test closes the reader, which shows when the last writer is closed.
    private func pipeNumbers() -> (reader: CInt, writer: CInt) {
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        return (ends[0], ends[1])
    }

    private func writerIsClosed(_ reader: CInt) -> Bool {
        var entry = pollfd(fd: reader, events: 0, revents: 0)
        return poll(&entry, 1, 0) == 1 && Int32(entry.revents) & Int32(POLLHUP) != 0
    }

    @Test("it is closed when the value goes away, and not after it was released")
    func closes() {
        let (reader, writer) = pipeNumbers()
        defer { close(reader) }
        do {
            let descriptor = Descriptor(owning: writer)
            let isOpen = descriptor.isOpen
            #expect(isOpen && !writerIsClosed(reader))
        }
        #expect(writerIsClosed(reader))

        let (second, kept) = pipeNumbers()
        defer { close(second) }
        #expect(Descriptor(owning: kept).release() == kept)
        #expect(!writerIsClosed(second))
        close(kept)
        #expect(writerIsClosed(second))
    }

    @Test("none is no descriptor, and the kernel answers EBADF")
    func none() {
        let isOpen = Descriptor.none.isOpen
        #expect(!isOpen)
        let failure = #expect(throws: Failure.self) { try Descriptor.none.status() }
        #expect(failure?.errno == .EBADF)
    }

    @Test("every new descriptor is close-on-exec, and a copy is above the standard ones")
    func closeOnExec() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        let file = try directory.openat2("f", [.create, .writeOnly], mode: 0o600)
        let pipe = try Linux.Pipe()
        let pair = try SocketPair()
        let memory = try memfdCreate("test")
        let copy = try file.duplicate()
        let numbers = [
            directory.number, file.number, pipe.reader.number, pipe.writer.number, pair.first.number,
            pair.second.number,
            memory.number, copy.number,
        ]
        for number in numbers { #expect(fcntl(number, F_GETFD) == FD_CLOEXEC) }
        #expect(numbers.allSatisfy { $0 > 2 })
    }

    @Test("a descriptor that is sent is close-on-exec for the receiver")
    func travels() throws {
        let pair = try SocketPair()
        let memory = try memfdCreate("test")
        try memory.write("content", "it")
        try pair.first.send([7, 8], passing: memory.number)
        let packet = try pair.second.receive(limit: 100)
        let bytes = packet.bytes
        #expect(bytes == [7, 8])
        let arrived = packet.takeDescriptor()
        let flags = fcntl(arrived.number, F_GETFD)
        #expect(flags == FD_CLOEXEC)
        try arrived.rewind()
        #expect(try arrived.readAll(limit: 100, "it") == Array("content".utf8))
    }

    @Test("a packet that is longer than the buffer is an error, and the end of file is empty")
    func packets() throws {
        let pair = try SocketPair()
        try pair.first.send([1, 2, 3])
        let failure = #expect(throws: Failure.self) { _ = try pair.second.receive(limit: 2) }
        #expect(failure?.action == "a packet was truncated")
        let second = pair.keepSecond()
        let last = try second.receive(limit: 100)
        let (bytes, isOpen) = (last.bytes, last.descriptor.isOpen)
        #expect(bytes.isEmpty && !isOpen)
    }

    @Test("a table closes what is replaced or left in it, and does not close what is taken out")
    func table() {
        let pipes = (0..<4).map { _ in pipeNumbers() }
        defer { for pipe in pipes { close(pipe.reader) } }
        func closed() -> [Bool] { pipes.map { writerIsClosed($0.reader) } }
        do {
            var table = DescriptorTable<Int>()
            for (index, pipe) in zip([5, 0, 2, 2], pipes) { table.put(Descriptor(owning: pipe.writer), at: index) }
            #expect(closed() == [false, false, true, false])
            do {
                let taken = table.take(5)
                let number = taken.number
                #expect(number == pipes[0].writer)
                let others = [5, 1, 99].map { table.take($0).isOpen }
                #expect(others == [false, false, false])
            }
            #expect(closed() == [true, false, true, false])
            table.removeAll(except: [2])
            #expect(closed() == [true, true, true, false])
        }
        #expect(closed() == [true, true, true, true])
    }
}
