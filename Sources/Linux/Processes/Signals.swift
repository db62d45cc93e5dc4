import Base
import CShim

/// Names and numbers of signals (signal(7)), and how this process handles them.
public enum Signals {
    /// The first and the last real-time signal that a program may use; the C library keeps the two below for itself.
    public static let realTime: ClosedRange<CInt> = __SIGRTMIN + 2...__SIGRTMAX

    /// Returns the signal for `word`, as a user or a program writes it: `9`, `KILL`, `sigkill`, `SIGRTMIN+3`,
    /// `RTMAX-1`.
    ///
    /// 0 is accepted, as by kill(2): it sends nothing, but checks that the process exists.
    ///
    /// - Returns: The number, 0...64; nil if the word is not a signal.
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

    /// Reads `RTMIN`, `RTMIN+n`, `RTMAX` and `RTMAX-n`, if the result is a real-time signal.
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
    /// Whether the signal's default action ends a process (signal(7), "Standard signals").
    public static func ends(_ signal: CInt) -> Bool {
        switch signal {
        case SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU: false
        default: true
        }
    }

    /// The signals by which a user or a service manager ends a program.
    public static let ending = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
}

extension Signals {
    /// Resets SIGCHLD to its default, even if our caller ignored it. Otherwise the kernel would reap our children, and
    /// we could not learn how they ended (waitpid(2): ECHILD).
    public static func resetChildSignal() { _ = shim_signal_disposition(SIGCHLD, 0) }

    /// Ignores SIGPIPE. Writing to a pipe or a FIFO that no process reads any more is then an error of write(2),
    /// EPIPE, and does not kill us.
    public static func ignoreBrokenPipes() {
        _ = shim_signal_disposition(SIGPIPE, 1)
    }

    /// Resets signals to their default. A program must not start with signals ignored that its parent ignored
    /// (sigaction(2)); execve(2) would keep them so.
    ///
    /// - Parameter ignored: The signals that are ignored now: signal N is bit N-1.
    public static func restoreDefaults(of ignored: UInt64) {
        for signal in 1...realTime.upperBound where ignored & 1 << UInt64(signal - 1) != 0 {
            _ = shim_signal_disposition(signal, 0)
        }
    }

    /// Unblocks every signal. A program must start with an empty mask, whatever its parent blocked (sigprocmask(2)).
    public static func unblockAll() {
        _ = shim_sigprocmask(SIG_SETMASK, 0, nil)
    }
}

/// The signals sent to this process, blocked and read one by one (signalfd(2)). They stay blocked after the value goes
/// away; ``Signals/unblockAll()`` unblocks them.
public struct SignalDescriptor: ~Copyable {
    private let descriptor: Descriptor

    /// Blocks all signals except those of our own faults, and those that stop a background program which wants to read
    /// or change its terminal (SIGTTIN, SIGTTOU).
    public static func allButFaults() throws(Failure) -> SignalDescriptor {
        var blocked = UInt64.max
        let excluded = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGTTIN, SIGTTOU]
        for signal in excluded { blocked &= ~(1 << UInt64(signal - 1)) }
        return try blocking(blocked)
    }

    /// Blocks every signal that can be blocked. A fault of our own still ends us: the kernel forces its signal.
    public static func everySignal() throws(Failure) -> SignalDescriptor { try blocking(.max) }

    private static func blocking(_ blocked: UInt64) throws(Failure) -> SignalDescriptor {
        try check(shim_sigprocmask(SIG_BLOCK, blocked, nil), "rt_sigprocmask", "hold signals back")
        return SignalDescriptor(
            descriptor: Descriptor(
                owning: try check(shim_signalfd(-1, blocked, CInt(SFD_NONBLOCK)), "signalfd4", "wait for signals")))
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// The descriptor's number, for epoll(7).
    public var number: CInt { descriptor.number }

    /// Reads the next signal; nil if there is none now.
    public borrowing func next() throws(Failure) -> CInt? {
        let size = MemoryLayout<signalfd_siginfo>.size
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        defer { buffer.deallocate() }
        let count: Int
        do throws(Failure) { count = try descriptor.read(into: buffer) } catch  where error.errno == .EAGAIN {
            return nil
        }
        guard count == size else { return nil }
        return CInt(buffer.load(as: UInt32.self))
    }
}
