import Base
import Linux

/// The descriptors from 3 on that the caller opened for the container's program: first those of a service manager
/// (`LISTEN_FDS`), then those of `--preserve-fds`. All others are closed.
struct KeptDescriptors: Equatable {
    /// How many of them come from a service manager.
    let listening: Int
    /// How many there are in total.
    let count: Int

    /// No descriptors.
    static let none = KeptDescriptors()

    private init() {
        listening = 0
        count = 0
    }

    /// - Throws: ``Failure`` for a negative number, and for more descriptors than a process can have.
    init(listening: Int, preserved: Int) throws(Failure) {
        guard preserved >= 0 else { throw Failure("--preserve-fds must not be negative: \(preserved)", code: .usage) }
        let (sum, overflows) = listening.addingReportingOverflow(preserved)
        guard listening >= 0, !overflows, sum <= 1 << 20 else {
            throw Failure("unable to stat preserved-fd: nobody can have so many", "fcntl", .EBADF)
        }
        self.listening = listening
        count = sum
    }

    /// The highest of their numbers; 2 if there are no descriptors.
    var last: CInt { CInt(2 + count) }

    /// The variables that describe them to the container's program, as in runc. `LISTEN_PID` is the program's own pid
    /// if it has a pid namespace of its own. The names (`LISTEN_FDNAMES`) are not passed on.
    var environment: [(name: String, value: String)] {
        listening > 0 ? [("LISTEN_FDS", "\(listening)"), ("LISTEN_PID", "1")] : []
    }
}
