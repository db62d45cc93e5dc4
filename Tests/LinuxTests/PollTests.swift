import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("epoll")
struct EventPollTests {
    @Test("it reports which descriptor is ready, takes turns, and refuses files that are always ready")
    func events() throws {
        let poll = try EventPoll()
        let first = try Linux.Pipe(), second = try Linux.Pipe()
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

@Suite("poll")
struct PollTests {
    @Test("signals do not make a wait longer", .timeLimit(.minutes(1)))
    func deadline() throws {
        // A signal without a handler would not interrupt the wait, or would end us.
        signal(SIGURG) { _ in }
        let waits: [@Sendable (borrowing Descriptor) throws -> Bool] = [
            { $0.waitUntilReadable(within: 300) },
            { try $0.waitUntilReadable(or: -1, within: 300).this },
        ]
        for wait in waits {
            let took = try onThreadOfItsOwn {
                let pipe = try Linux.Pipe(), thread = Waiting(pthread_self())
                let interrupter = Thread { thread.interrupt() }
                interrupter.start()
                defer { thread.end() }
                // Other tests may have blocked it in the thread that we come from.
                var set = sigset_t()
                sigemptyset(&set)
                sigaddset(&set, SIGURG)
                pthread_sigmask(SIG_UNBLOCK, &set, nil)
                let before = Clock.monotonic()
                #expect(try !wait(pipe.reader))
                return Clock.monotonic() - before
            }
            #expect(took >= 300_000_000 && took < 4_500_000_000, "\(took)")
        }
    }
}

/// A thread that waits, and gets a signal every 20 ms until it has waited, for 5 s at most.
private final class Waiting: @unchecked Sendable {
    private let thread: pthread_t
    private let lock = NSLock()
    private var hasEnded = false

    init(_ thread: pthread_t) { self.thread = thread }

    func interrupt() {
        for _ in 0..<250 {
            guard lock.withLock({ hasEnded ? false : pthread_kill(thread, SIGURG) == 0 }) else { return }
            usleep(20_000)
        }
    }

    func end() { lock.withLock { hasEnded = true } }
}
