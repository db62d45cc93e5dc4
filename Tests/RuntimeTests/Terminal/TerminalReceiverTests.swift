import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The receiver of the terminal")
struct TerminalReceiverTests {
    static let process = Process(terminal: true, cwd: "/")

    private func receiver(
        _ process: Process?, _ socket: String?, detaches: Bool
    ) throws(Failure) -> TerminalReceiver {
        try TerminalReceiver(process, socket: socket, detaches: detaches)
    }

    @Test("the socket's listener if the runtime does not stay, otherwise the runtime")
    func receivers() throws {
        #expect(try receiver(Self.process, "/s", detaches: true) == .socket("/s"))
        #expect(try receiver(Self.process, nil, detaches: false) == .runtime)
        #expect(try receiver(Process(cwd: "/"), nil, detaches: true) == .runtime)
        #expect(try receiver(nil, nil, detaches: false) == .runtime)
    }

    @Test("impossible combinations are refused in the words that callers know")
    func refusals() {
        let tty = "cannot allocate tty if runc will detach without setting console socket"
        let socket = "cannot use console socket if runc will not detach or allocate tty"
        func words(_ process: Process?, _ path: String?, detaches: Bool) -> String? {
            do throws(Failure) { _ = try receiver(process, path, detaches: detaches) } catch { return error.action }
            return nil
        }
        #expect(words(Self.process, nil, detaches: true) == tty)
        #expect(words(Self.process, "/s", detaches: false) == socket)
        #expect(words(Process(cwd: "/"), "/s", detaches: true) == socket)
        #expect(words(nil, "/s", detaches: true) == socket)
    }
}
