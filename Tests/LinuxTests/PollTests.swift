import Base
import Testing

@testable import Linux

@Suite("epoll")
struct EventPollTests {
    @Test("it reports which descriptor is ready, takes turns, and refuses files that are always ready")
    func events() throws {
        let poll = try EventPoll()
        let first = try Pipe(), second = try Pipe()
        #expect(try poll.add(first.reader.number, .readable, tag: 1))
        #expect(try poll.add(second.reader.number, .readable, tag: 2))
        #expect(try poll.wait(isBlocking: false) == nil)
        try first.writer.write("x", "a pipe")
        #expect(try poll.wait() == 1)
        try second.writer.write("x", "a pipe")
        let turns = [try poll.wait(), try poll.wait()]
        #expect(Set(turns) == [1, 2])
        try poll.remove(first.reader.number)
        #expect(try poll.wait() == 2)
        try poll.change(second.reader.number, to: [], tag: 2)
        #expect(try poll.wait(isBlocking: false) == nil)
        let file = try Linux.open("/proc/self/exe", .readOnly)
        #expect(try !poll.add(file.number, .readable, tag: 3))
    }
}
