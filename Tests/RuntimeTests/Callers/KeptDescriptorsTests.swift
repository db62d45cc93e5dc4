import Base
import Testing

@testable import Runtime

@Suite("Descriptors that the program keeps")
struct KeptDescriptorsTests {
    @Test("those of a service manager come first, then the preserved ones, from 3 on")
    func numbers() throws {
        #expect(KeptDescriptors.none.last == 2)
        let kept = try KeptDescriptors(listening: 2, preserved: 3)
        #expect(kept.count == 5 && kept.last == 7 && kept.listening == 2)
    }

    @Test(
        "numbers that no process can have are refused", arguments: [(Int.max, 1), (0, Int.max), (-1, 0)])
    func refused(listening: Int, preserved: Int) {
        let failure = #expect(throws: Failure.self) { try KeptDescriptors(listening: listening, preserved: preserved) }
        #expect(failure?.action.hasPrefix("unable to stat preserved-fd") == true)
    }

    /// The environment of the program, with what the runtime adds.
    private func environment(_ given: [String], listening: Int = 0, notifies: Bool = false) throws -> [String] {
        let kept = try KeptDescriptors(listening: listening, preserved: 1)
        return try Environment(given).adding(kept, isNotified: notifies).entries
    }

    @Test("the program gets the variables of a service manager and its socket, in place of those in config.json")
    func environment() throws {
        #expect(try environment(["LISTEN_FDS=9", "A=b"]) == ["LISTEN_FDS=9", "A=b"])
        #expect(try environment(["LISTEN_FDS=9", "A=b"], listening: 2) == ["LISTEN_FDS=2", "A=b", "LISTEN_PID=1"])
        #expect(try environment([], notifies: true) == ["NOTIFY_SOCKET=/run/notify/notify.sock"])
    }

    @Test("a negative number of descriptors is refused")
    func negative() {
        let failure = #expect(throws: Failure.self) { try KeptDescriptors(listening: 0, preserved: -1) }
        #expect(failure?.line == "--preserve-fds must not be negative: -1" && failure?.code == .usage)
    }
}
