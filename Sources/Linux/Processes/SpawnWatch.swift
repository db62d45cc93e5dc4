import Base
import CShim

/// The parent's side of a ``Spawn``: reads what the child writes until the child ends or its time is over.
struct SpawnWatch: ~Copyable {
    private let pid: Int32
    private let pidfd: PidDescriptor
    private var output: SpawnOutput
    private var errors: SpawnOutput
    private var report: SpawnOutput
    private var buffer = [UInt8](repeating: 0, count: 16384)

    init(
        pid: Int32, pidfd: consuming PidDescriptor, output: consuming Descriptor, errors: consuming Descriptor,
        report: consuming Descriptor, limit: Int
    ) {
        self.pid = pid
        self.pidfd = pidfd
        self.output = SpawnOutput(reader: output, limit: limit)
        self.errors = SpawnOutput(reader: errors, limit: limit)
        self.report = SpawnOutput(reader: report, limit: limit)
    }

    /// Waits until the child ends; `deadline` is a moment of the monotonic clock in nanoseconds.
    ///
    /// - Throws: ``Failure`` of the call that failed in the child before it became the program, or of `poll`.
    mutating func untilEnd(deadline: Int64?, path: String) throws(Failure) -> Spawn.Outcome {
        let isInTime: Bool
        do throws(Failure) { isInTime = try follow(deadline: deadline) } catch {
            kill()
            throw error
        }
        if !isInTime { kill() }
        let end = isInTime || pidfd.waitUntilEnded(within: 10_000) ? try pidfd.wait() : nil
        drain()
        if let failure = failure(path) { throw failure }
        return Spawn.Outcome(end: end, ranOutOfTime: !isInTime, output: output.text, errors: errors.text)
    }

    /// Reads until the child ends (true) or its time is over (false).
    private mutating func follow(deadline: Int64?) throws(Failure) -> Bool {
        while true {
            var entries = pipes + [shim_pollfd(fd: pidfd.number, events: CShort(POLLIN), revents: 0)]
            try check(poll(&entries, 4, until: deadline), "poll", "wait for a program")
            guard entries[3].revents == 0 else { return true }
            if let deadline, Clock.monotonic() >= deadline { return false }
            read(entries)
        }
    }

    /// Reads what is in the pipes without waiting for more.
    ///
    /// It ends after 128 rounds, which read more than a pipe can hold: a process that the program left behind may go on
    /// writing for ever.
    private mutating func drain() {
        for _ in 0..<128 {
            var entries = pipes
            guard uninterrupted({ shim_poll(&entries, 3, 0) }) > 0 else { return }
            read(entries)
        }
    }

    /// The pipes, for poll(2).
    private var pipes: [shim_pollfd] {
        [
            shim_pollfd(fd: output.number, events: CShort(POLLIN), revents: 0),
            shim_pollfd(fd: errors.number, events: CShort(POLLIN), revents: 0),
            shim_pollfd(fd: report.number, events: CShort(POLLIN), revents: 0),
        ]
    }

    /// Reads once from each of ``pipes`` that poll(2) found readable.
    private mutating func read(_ pipes: [shim_pollfd]) {
        if pipes[0].revents != 0 { output.read(&buffer) }
        if pipes[1].revents != 0 { errors.read(&buffer) }
        if pipes[2].revents != 0 { report.read(&buffer) }
    }

    /// Kills the child and its process group. We have not waited for the child yet, so its pid cannot belong to
    /// another process.
    private borrowing func kill() {
        try? pidfd.send(signal: SIGKILL)
        _ = shim_kill(-pid, SIGKILL)
    }

    /// Returns the failure that the child reported before it could become the program; nil if it became it.
    private borrowing func failure(_ path: String) -> Failure? {
        let bytes = report.bytes
        guard bytes.count == 8 else { return nil }
        let (call, errno) = bytes.withUnsafeBytes { bytes in
            (bytes.loadUnaligned(as: CInt.self), bytes.loadUnaligned(fromByteOffset: 4, as: CInt.self))
        }
        return Failure("fork/exec \(path)", (SpawnCall(rawValue: call) ?? .execute).name, Errno(rawValue: errno))
    }
}

/// The reading end of a pipe and the last bytes that came out of it.
private struct SpawnOutput: ~Copyable {
    private var reader: Descriptor
    private var kept: [UInt8] = []
    /// In bytes.
    private let limit: Int

    init(reader: consuming Descriptor, limit: Int) {
        self.reader = reader
        self.limit = limit
    }

    /// -1 after all writers are gone: poll(2) ignores it.
    var number: CInt { reader.number }

    /// The last bytes, as many as are kept.
    var bytes: ArraySlice<UInt8> { kept.suffix(limit) }

    /// The same bytes as text; what is not UTF-8 is replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Reads once. The caller must know that there is something to read.
    mutating func read(_ buffer: inout [UInt8]) {
        let number = reader.number
        let count = buffer.withUnsafeMutableBytes { bytes in
            uninterrupted { shim_read(number, bytes.baseAddress, bytes.count) }
        }
        guard count > 0 else {
            reader = .none
            return
        }
        kept += buffer[..<count]
        if kept.count > 4 * limit { kept.removeFirst(kept.count - limit) }
    }
}
