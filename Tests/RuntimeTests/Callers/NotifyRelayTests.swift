import Testing

@testable import Runtime

@Suite("NOTIFY_SOCKET")
struct NotifyRelayTests {
    @Test("of a program's messages to its service manager, only READY is passed on")
    func readiness() {
        func line(_ message: String) -> String? {
            NotifyRelay.readyLine(Array(message.utf8)).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(line("READY=1") == "READY=1")
        #expect(line("STATUS=up\nREADY=1\nMAINPID=7\n") == "READY=1")
        #expect(line("READY=1\nREADY=2") == "READY=1")
        #expect(line("XREADY=1\nready=1\n\nFDSTORE=1") == nil)
    }
}
