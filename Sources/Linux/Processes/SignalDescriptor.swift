import Base
import CShim

/// The signals sent to this process, blocked and read one by one (signalfd(2)).
public struct SignalDescriptor: ~Copyable {
    private let descriptor: Descriptor

    /// Blocks all signals except those of our own faults, and those that stop a background program which wants to read
    /// or change its terminal (SIGTTIN, SIGTTOU).
    public static func all() throws(Failure) -> SignalDescriptor {
        var held = UInt64.max
        let ours = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS, SIGTTIN, SIGTTOU]
        for left in ours { held &= ~(1 << UInt64(left - 1)) }
        return try holding(held)
    }

    /// Blocks every signal that can be blocked. A fault of our own still ends us: the kernel forces its signal.
    public static func every() throws(Failure) -> SignalDescriptor { try holding(.max) }

    private static func holding(_ held: UInt64) throws(Failure) -> SignalDescriptor {
        try check(shim_sigprocmask(SIG_BLOCK, held, nil), "rt_sigprocmask", "hold signals back")
        return SignalDescriptor(
            descriptor: Descriptor(
                owning: try check(shim_signalfd(-1, held, CInt(SFD_NONBLOCK)), "signalfd4", "wait for signals")))
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
