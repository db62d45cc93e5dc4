import Glibc

/// A process that has ended, and that nobody has waited for as long as the value exists.
public final class Zombie {
    /// Its pid.
    public let pid: pid_t

    /// Starts the process and returns after its end.
    public init() throws {
        var pid: pid_t = 0
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        let answer = posix_spawn(&pid, "/bin/true", nil, nil, arguments, nil)
        guard answer == 0 else { throw NotStarted(errno: answer) }
        var information = siginfo_t()
        // WNOWAIT leaves the zombie in the process table.
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        self.pid = pid
    }

    deinit { waitpid(pid, nil, 0) }

    private struct NotStarted: Error { let errno: Int32 }
}
