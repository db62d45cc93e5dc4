import Base
import CShim

/// A lock on a directory (flock(2)). It lasts until the value goes away or the process ends, in whatever way.
public struct DirectoryLock: ~Copyable {
    /// The directory.
    public let directory: Descriptor

    /// Takes over `directory` and waits for the lock.
    ///
    /// - Parameter deadline: The longest wait, in milliseconds. A holder that hangs is an error, never an endless
    ///   wait.
    /// - Throws: ``Failure`` of `flock`: EAGAIN if another process held it all the time.
    public init(_ directory: consuming Descriptor, deadline: Int = 60_000, _ what: String) throws(Failure) {
        let number = directory.number
        var waited = 0
        var answer = uninterrupted { shim_flock(number, LOCK_EX | LOCK_NB) }
        while answer == -Errno.EAGAIN.rawValue, waited < deadline {
            let step = waited < 20 ? 1 : 10
            _ = shim_nanosleep(Int64(step) * 1_000_000)
            waited += step
            answer = uninterrupted { shim_flock(number, LOCK_EX | LOCK_NB) }
        }
        do throws(Failure) { try check(answer, "flock", "lock \(what)") } catch {
            throw error.hinting("another command is at work on it, and did not end within \(deadline / 1000) s")
        }
        self.directory = directory
    }

    /// No lock.
    public static var none: DirectoryLock { DirectoryLock() }

    private init() { directory = .none }
}
