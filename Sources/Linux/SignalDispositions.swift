import CShim

extension Signals {
    /// Takes SIGCHLD as the kernel sends it, where our caller ignored it: else our children would vanish at their end, and nobody
    /// could ask how they ended (waitpid(2): ECHILD).
    public static func noticeChildren() { _ = shim_signal_disposition(SIGCHLD, 0) }

    /// A pipe or a FIFO that nobody reads any more is an error of write(2), EPIPE, and not our end.
    public static func ignoreBrokenPipes() {
        _ = shim_signal_disposition(SIGPIPE, 1)
    }

    /// Answers every signal as the kernel does: a program starts without those that its maker ignored (sigaction(2)), which
    /// execve(2) would pass on.
    public static func ignoreNone() {
        for signal in 1...realTime.upperBound { _ = shim_signal_disposition(signal, 0) }
    }

    /// Delivers every signal again: a program starts with an empty mask, whatever its maker held back (sigprocmask(2)).
    public static func holdNone() {
        _ = shim_sigprocmask(SIG_SETMASK, 0, nil)
    }
}
