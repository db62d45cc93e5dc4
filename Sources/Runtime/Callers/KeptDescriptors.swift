import Base
import Linux

/// The descriptors from 3 on that the caller opened for the container's program: first those of a service manager
/// (`LISTEN_FDS`), then those of `--preserve-fds`. All others are closed.
struct KeptDescriptors: Equatable {
    /// How many are a service manager's.
    let listening: Int
    /// How many there are in all.
    let count: Int

    /// None.
    static let none = KeptDescriptors()

    private init() {
        listening = 0
        count = 0
    }

    /// - Throws: ``Failure`` for less than none, and for more than a process can have.
    init(listening: Int, preserved: Int) throws(Failure) {
        guard preserved >= 0 else { throw Failure("--preserve-fds must not be negative: \(preserved)", code: .usage) }
        let (sum, overflows) = listening.addingReportingOverflow(preserved)
        guard listening >= 0, !overflows, sum <= 1 << 20 else {
            throw Failure("unable to stat preserved-fd: nobody can have so many", "fcntl", .EBADF)
        }
        self.listening = listening
        count = sum
    }

    /// The highest of their numbers; 2 where there are none.
    var last: CInt { CInt(2 + count) }

    /// What the container's program is told of them, as runc does: `LISTEN_PID` is its own pid in a pid namespace of its own. The
    /// names (`LISTEN_FDNAMES`) are not passed on.
    var environment: [(name: String, value: String)] {
        listening > 0 ? [("LISTEN_FDS", "\(listening)"), ("LISTEN_PID", "1")] : []
    }
}

/// Checks that each of them is there: else one of the runtime's own files could take its number, and reach the container.
struct CheckDescriptors: HostWork, ProcessWork {
    static var word: StaticString { "check-descriptors" }

    var kept: KeptDescriptors

    var summary: String { "check that the caller has opened descriptors 3 to \(kept.last)" }

    func perform() throws(Failure) {
        for number in 3...kept.last {
            guard isInherited(number) else {
                throw Failure(
                    "unable to stat preserved-fd \(number)", "fcntl", .EBADF,
                    hint: "\(kept.count) descriptors from 3 on must be open for the container")
            }
        }
    }
}
