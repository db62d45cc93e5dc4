import CShim

/// The signals' names and numbers (signal(7)).
public enum Signals {
    /// The first and the last real-time signal that a program may use; the C library keeps the two below for itself.
    public static let realTime: ClosedRange<CInt> = __SIGRTMIN + 2...__SIGRTMAX

    /// The signal that a person or a program means by `word`: `9`, `KILL`, `sigkill`, `SIGRTMIN+3`, `RTMAX-1`.
    ///
    /// 0 is accepted, as kill(2) does: nothing is sent, but it is checked that there is somebody to send it to.
    ///
    /// - Returns: The number, 0...64; nil if the word means none.
    public static func number(of word: String) -> CInt? {
        if let number = CInt(word) { return (0...realTime.upperBound).contains(number) ? number : nil }
        var name = word.uppercased()
        if name.utf8.starts(with: "SIG".utf8) { name.removeFirst(3) }
        return named(name) ?? realTimeNumber(of: name)
    }

    private static func named(_ name: String) -> CInt? {
        // swift-format-ignore
        switch name {
        case "HUP":           SIGHUP
        case "INT":           SIGINT
        case "QUIT":          SIGQUIT
        case "ILL":           SIGILL
        case "TRAP":          SIGTRAP
        case "ABRT", "IOT":   SIGABRT
        case "BUS":           SIGBUS
        case "FPE":           SIGFPE
        case "KILL":          SIGKILL
        case "USR1":          SIGUSR1
        case "SEGV":          SIGSEGV
        case "USR2":          SIGUSR2
        case "PIPE":          SIGPIPE
        case "ALRM":          SIGALRM
        case "TERM":          SIGTERM
        case "STKFLT":        SIGSTKFLT
        case "CHLD", "CLD":   SIGCHLD
        case "CONT":          SIGCONT
        case "STOP":          SIGSTOP
        case "TSTP":          SIGTSTP
        case "TTIN":          SIGTTIN
        case "TTOU":          SIGTTOU
        case "URG":           SIGURG
        case "XCPU":          SIGXCPU
        case "XFSZ":          SIGXFSZ
        case "VTALRM":        SIGVTALRM
        case "PROF":          SIGPROF
        case "WINCH":         SIGWINCH
        case "IO", "POLL":    SIGIO
        case "PWR":           SIGPWR
        case "SYS", "UNUSED": SIGSYS
        default:         nil
        }
    }

    /// `RTMIN`, `RTMIN+n`, `RTMAX`, `RTMAX-n`, as long as the sum stays among the real-time signals.
    private static func realTimeNumber(of name: String) -> CInt? {
        let isFromFirst = name.utf8.starts(with: "RTMIN".utf8)
        guard isFromFirst || name.utf8.starts(with: "RTMAX".utf8) else { return nil }
        let rest = name.dropFirst(5)
        let base = isFromFirst ? realTime.lowerBound : realTime.upperBound
        guard let sign = rest.utf8.first else { return base }
        guard sign == UInt8(ascii: isFromFirst ? "+" : "-") else { return nil }
        let digits = rest.dropFirst()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let distance = CInt(digits), distance <= 64 else {
            return nil
        }
        let number = isFromFirst ? base + distance : base - distance
        return realTime.contains(number) ? number : nil
    }
}

extension Signals {
    /// Whether the kernel ends a process by it that does not say otherwise (signal(7), "Standard signals").
    public static func ends(_ signal: CInt) -> Bool {
        switch signal {
        case SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU: false
        default: true
        }
    }

    /// What a person or a service manager ends a program with.
    public static let ending = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
}

extension Signals {
    /// Takes SIGCHLD as the kernel sends it, even if our caller ignored it: else our children would vanish at their end, and nobody
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
