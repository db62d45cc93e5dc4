import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

@Suite("Connecting to a program that listens")
struct StreamSocketTests {
    /// A socket that listens in its own folder.
    struct Listening: ~Copyable {
        let folder: TemporaryFolder
        let number: Int32
        var path: String { folder.path + "/socket" }

        init(backlog: Int32 = 5) throws {
            folder = try TemporaryFolder()
            number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = folder.path + "/socket"
            withUnsafeMutableBytes(of: &address.sun_path) { bytes in
                for (index, byte) in path.utf8.prefix(107).enumerated() { bytes[index] = byte }
            }
            let answer = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(answer == 0 && listen(number, backlog) == 0)
        }

        deinit { close(number) }
    }

    @Test("all bytes arrive, the descriptor with the first of them, then the end of file")
    func sends() throws {
        let listening = try Listening()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        do {
            let socket = try StreamSocket(to: listening.path, within: 5000)
            try socket.send(bytes, passing: try Linux.open("/dev/null", .readOnly))
        }
        let end = Descriptor(owning: accept(listening.number, nil, nil))
        let packet = try end.receive(limit: 65536)
        var all = packet.bytes
        let descriptor = packet.takeDescriptor()
        #expect(try status(of: descriptor.number).device == DeviceNumber(major: 1, minor: 3))
        all += try end.readAll(limit: 1 << 20, "the rest")
        #expect(all == bytes)
    }

    @Test("a path longer than an address is reached through its folder")
    func longPath() throws {
        let listening = try Listening()
        let long = listening.folder.path + String(repeating: "/.", count: 60) + "/socket"
        #expect(long.utf8.count > 107)
        _ = try StreamSocket(to: long, within: 5000)
        _ = Descriptor(owning: accept(listening.number, nil, nil))
    }

    @Test("no socket, no listener, a listener that does not accept, a peer that does not read", .timeLimit(.minutes(1)))
    func refused() throws {
        let folder = try TemporaryFolder()
        func errno(_ path: String) -> Errno? {
            do throws(Failure) { _ = try StreamSocket(to: path, within: 50) } catch { return error.errno }
            return nil
        }
        #expect(errno("") == .ENOENT)
        #expect(errno("a\0b") == .ENOENT)
        #expect(errno(folder.path + "/nothing") == .ENOENT)
        #expect(errno(folder.path) == Errno(rawValue: 111))

        let listening = try Listening(backlog: 0)
        let first = try StreamSocket(to: listening.path, within: 200)
        #expect(errno(listening.path) == .EAGAIN)
        let failure = #expect(throws: Failure.self) {
            try first.send([UInt8](repeating: 0, count: 8 << 20), passing: .none)
        }
        #expect(failure?.errno == .EAGAIN)
        close(accept(listening.number, nil, nil))
        let gone = #expect(throws: Failure.self) { try first.send([0], passing: .none) }
        #expect(gone?.errno == .EPIPE || gone?.errno == Errno(rawValue: 104))
    }
}
