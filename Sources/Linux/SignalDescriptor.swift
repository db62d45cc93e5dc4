import Base
import CShim

extension Signals {
    /// SIGKILL
    public static let kill: CInt = 9
    /// SIGCHLD
    public static let childEnded: CInt = 17
    /// SIGCONT
    public static let goOn: CInt = 18
    /// SIGURG
    public static let urgent: CInt = 23
    /// SIGWINCH
    public static let windowChange: CInt = 28
    /// Whether the kernel ends a process by it that does not say otherwise (signal(7), "Standard signals").
    public static func ends(_ signal: CInt) -> Bool {
        let stop: CInt = 19, terminalStop: CInt = 20, terminalInput: CInt = 21, terminalOutput: CInt = 22
        switch signal {
        case childEnded, goOn, urgent, windowChange, stop, terminalStop, terminalInput, terminalOutput: return false
        default: return true
        }
    }

    /// What a person or a service manager ends a program with: SIGHUP, SIGINT, SIGQUIT, SIGTERM.
    public static let ending: [CInt] = [1, 2, 3, 15]
}

/// The signals sent to this process, held back and read one by one (signalfd(2)).
public struct SignalDescriptor: ~Copyable {
    private let descriptor: Descriptor

    /// Holds back all signals but those of our own faults (SIGILL, SIGBUS, SIGFPE, SIGSEGV, SIGTRAP, SIGABRT, SIGSYS), and those
    /// that stop a program in the background which wants to read or change its terminal (SIGTTIN, SIGTTOU).
    public static func all() throws(Failure) -> SignalDescriptor {
        var held = UInt64.max
        for left in [4, 5, 6, 7, 8, 11, 31, 21, 22] as [UInt64] { held &= ~(1 << (left - 1)) }
        return try holding(held)
    }

    /// Holds back every signal that can be. The kernel ends us by one of our own faults all the same.
    public static func every() throws(Failure) -> SignalDescriptor { try holding(.max) }

    private static func holding(_ held: UInt64) throws(Failure) -> SignalDescriptor {
        let block: CInt = 0, nonBlocking: CInt = 0o4000
        try check(shim_sigprocmask(block, held, nil), "rt_sigprocmask", "hold signals back")
        return SignalDescriptor(
            descriptor: Descriptor(
                owning: try check(shim_signalfd(-1, held, nonBlocking), "signalfd4", "wait for signals")))
    }

    private init(descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// The descriptor's number, for epoll(7).
    public var number: CInt { descriptor.number }

    /// Takes the next signal; nil where there is none now.
    public borrowing func next() throws(Failure) -> CInt? {
        let size = 128
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
