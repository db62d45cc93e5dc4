import Base
import Testing

@testable import Runtime

@Suite("Descriptors that are kept")
struct KeptDescriptorsTests {
    @Test("those of a service manager come first, then the preserved ones, from 3 on")
    func numbers() throws {
        #expect(KeptDescriptors.none.last == 2)
        let kept = try KeptDescriptors(listening: 2, preserved: 3)
        #expect(kept.count == 5 && kept.last == 7 && kept.listening == 2)
    }

    @Test(
        "numbers that no process can have are refused", arguments: [(Int.max, 1), (0, Int.max), (-1, 0), (0, -1)])
    func refused(listening: Int, preserved: Int) {
        let failure = #expect(throws: Failure.self) { try KeptDescriptors(listening: listening, preserved: preserved) }
        #expect(failure?.action.hasPrefix("unable to stat preserved-fd") == true)
    }

    /// The environment of the program, with what the request adds.
    private func environment(_ given: [String], listening: Int = 0, notifies: Bool = false) throws -> [String] {
        let text = #"{"ociVersion":"1.3.0","root":{"path":"r"}}"#
        let bundle = Bundle(path: "/b", bytes: [], config: try Bundle.parse(Array(text.utf8)))
        var request = try Request(
            id: try ContainerID("one"), bundle: bundle, runtime: RuntimeOptions(root: "/run/apus"))
        request.kept = try KeptDescriptors(listening: listening, preserved: 1)
        request.notifies = notifies
        return try Environment(given).adding(request).entries
    }

    @Test("the program is told of a service manager's, and of its socket, in place of what config.json says")
    func environment() throws {
        #expect(try environment(["LISTEN_FDS=9", "A=b"]) == ["LISTEN_FDS=9", "A=b"])
        #expect(try environment(["LISTEN_FDS=9", "A=b"], listening: 2) == ["LISTEN_FDS=2", "A=b", "LISTEN_PID=1"])
        #expect(try environment([], notifies: true) == ["NOTIFY_SOCKET=/run/notify/notify.sock"])
    }

    @Test("of what a program tells its service manager only that it is ready is passed on")
    func readiness() {
        func lines(_ message: String) -> [String] {
            NotifyRelay.readyLines(Array(message.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(lines("READY=1") == ["READY=1"])
        #expect(lines("STATUS=up\nREADY=1\nMAINPID=7\n") == ["READY=1"])
        #expect(lines("XREADY=1\nready=1\n\nFDSTORE=1") == [])
    }
}
