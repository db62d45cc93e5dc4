import Base
import Glibc
import Testing

@testable import Linux

@Suite("Terminals")
struct TerminalTests {
    /// Both ends of a new pseudoterminal.
    struct Pair: ~Copyable {
        let master: Descriptor
        let peer: Descriptor

        init() throws {
            let master = try Linux.open("/dev/ptmx", [.readWrite, .noControllingTerminal])
            try master.unlockTerminal()
            peer = try master.openTerminalPeer()
            self.master = master
        }
    }

    @Test("the master opens its other end, which is of devpts and has its number")
    func peer() throws {
        let pair = try Pair()
        let status = try pair.peer.status()
        #expect(status.kind == .characterDevice)
        #expect(status.device == DeviceNumber(major: 136, minor: try pair.master.terminalNumber()))
        let closeOnExec: Int32 = 1
        #expect(fcntl(pair.peer.number, F_GETFD) == closeOnExec)
    }

    @Test("a size that is set at one end is read at the other")
    func size() throws {
        let pair = try Pair()
        #expect(try pair.peer.windowSize() == WindowSize(rows: 0, columns: 0))
        try pair.master.set(WindowSize(rows: 50, columns: 132))
        #expect(try pair.peer.windowSize() == WindowSize(rows: 50, columns: 132))
    }

    @Test("raw mode passes every byte of the input, and leaves the output as it was")
    func raw() throws {
        let pair = try Pair()
        let before = try pair.peer.terminalModes()
        #expect(before.echoes && before.expandsLineEnds)
        try pair.peer.set(before.raw)
        #expect(try !pair.peer.terminalModes().echoes)
        try pair.master.write("\u{3}\u{4}\r\n\u{13}x", "the terminal")
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
        defer { bytes.deallocate() }
        #expect(try pair.peer.read(into: bytes) == 6)
        #expect(Array(bytes.prefix(6)) == [3, 4, 13, 10, 0x13, 0x78])
        try pair.peer.write("a\n", "the terminal")
        #expect(try pair.master.read(into: bytes) == 3)
        try pair.peer.set(before)
        #expect(try pair.peer.terminalModes().echoes)
    }

    @Test("without the expansion of line ends they stay as they are")
    func lineEnds() throws {
        let pair = try Pair()
        var modes = try pair.master.terminalModes()
        modes.expandsLineEnds = false
        try pair.master.set(modes)
        #expect(try !pair.peer.terminalModes().expandsLineEnds)
        try pair.peer.write("a\n", "the terminal")
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 1)
        defer { bytes.deallocate() }
        #expect(try pair.master.read(into: bytes) == 2)
    }

    @Test("a file that is no terminal is recognised, and is in nobody's background")
    func none() throws {
        let null = try Linux.open("/dev/null", .readWrite)
        let failure = #expect(throws: Failure.self) { try null.terminalModes() }
        #expect(failure?.errno == .ENOTTY)
        let isInBackground = null.isInBackground()
        #expect(!isInBackground)
    }
}
