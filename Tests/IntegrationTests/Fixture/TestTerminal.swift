import Glibc

/// A terminal as a person has one (pty(7)). A program runs at one end, and the test types and reads at the other.
struct TestTerminal: ~Copyable {
    /// The person's end.
    let master: Int32
    /// The program's end; -1 if only the person's end was handed over.
    let peer: Int32

    /// A new terminal, of 24 lines of 80 characters.
    init() throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        let setLock: UInt = 0x4004_5431, getPeer: UInt = 0x5441
        var isLocked: Int32 = 0
        guard master >= 0, ioctl(master, setLock, &isLocked) == 0 else { throw FixtureFailure.errno("make a terminal") }
        peer = ioctl(master, getPeer, O_RDWR | O_NOCTTY | O_CLOEXEC)
        size = (24, 80)
    }

    /// A container's terminal, from its console socket.
    init(master: Int32) {
        self.master = master
        peer = -1
    }

    deinit {
        close(master)
        if peer >= 0 { close(peer) }
    }

    /// A program's standard input, output and error.
    var surroundings: Program.Surroundings {
        var surroundings = Program.Surroundings(input: .descriptor(peer))
        surroundings.descriptors = [1: peer, 2: peer]
        return surroundings
    }

    /// Lines and characters.
    var size: (rows: UInt16, columns: UInt16) {
        get {
            var size = winsize()
            _ = ioctl(master, UInt(TIOCGWINSZ), &size)
            return (size.ws_row, size.ws_col)
        }
        nonmutating set {
            var size = winsize(ws_row: newValue.rows, ws_col: newValue.columns, ws_xpixel: 0, ws_ypixel: 0)
            _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        }
    }

    private var modes: termios {
        var modes = termios()
        tcgetattr(master, &modes)
        return modes
    }

    /// Whether the terminal shows what is typed, and delivers it in lines.
    var isCooked: Bool { modes.c_lflag & tcflag_t(ECHO) != 0 && modes.c_lflag & tcflag_t(ICANON) != 0 }

    /// All modes, for a comparison.
    var allModes: [UInt32] { [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag] }

    /// Reads `size` bytes, or until no more have come for a minute.
    ///
    /// - Returns: How many came, and the last six of them.
    func readAll(_ size: Int) -> (count: Int, last: String) {
        var count = 0, buffer = [UInt8](repeating: 0, count: 65536), last: [UInt8] = []
        while count < size {
            var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 60000) > 0 else { break }
            let read = Glibc.read(master, &buffer, buffer.count)
            guard read > 0 else { break }
            count += read
            last = Array((last + buffer[..<read]).suffix(6))
        }
        return (count, String(decoding: last, as: UTF8.self))
    }

    func type(_ text: String) { _ = text.withCString { write(master, $0, strlen($0)) } }

    /// Reads until it sees `text`, or the other end is closed.
    ///
    /// - Returns: Everything that was read.
    func read(until text: String, within limit: Double = 60) -> String {
        var all: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 4096)
        let end = Clock.now + limit
        while !all.contains(text: text) {
            var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            let left = end - Clock.now
            guard left > 0, poll(&entry, 1, Int32(left * 1000)) > 0 else { break }
            let count = Glibc.read(master, &buffer, buffer.count)
            guard count > 0 else { break }
            all += buffer[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}
