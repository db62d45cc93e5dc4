import Base
import Linux

/// The file that `--trace FILE` writes: one JSON object per line for each step done. Both sides write into the same
/// file.
///
/// The file is opened O_APPEND and each line is one write(2), so that the two sides cannot cut into each other's lines.
/// Times are in nanoseconds: `start` counts from the opening of the trace, `duration` is the step alone. The clock is
/// CLOCK_REALTIME, because a time namespace shifts the monotonic and boot clocks but not this one (time_namespaces(7)).
struct Trace {
    /// The caller that opened the trace owns it. It is close-on-exec.
    let file: CInt
    private let origin: Int64

    /// Opens `path` for a new trace and empties an old one.
    static func open(_ path: String) throws(Failure) -> Trace {
        let file = try Linux.open(path, [.writeOnly, .create, .truncate, .append], mode: 0o644)
        return Trace(file: file.release(), origin: Clock.now())
    }

    private init(file: CInt, origin: Int64) {
        self.file = file
        self.origin = origin
    }

    /// Nanoseconds since the trace was opened.
    func now() -> Int64 { Clock.now() - origin }

    /// Writes one line. Ignores errors: a trace that cannot be written is no reason to stop a container.
    func write(
        _ side: Side, _ kind: String, _ summary: String, _ pointer: String, from begun: Int64, _ failure: Failure?
    ) {
        var line = #"{"side":"\#(side.word)","step":"\#(kind)","summary":\#(quoted(summary))"#
        if !pointer.isEmpty { line += #","pointer":\#(quoted(pointer))"# }
        line += #","start":\#(begun),"duration":\#(now() - begun)"#
        if let failure {
            line += #","errno":\#(failure.errno.map { quoted($0.name) } ?? "null"),"failure":\#(quoted(failure.line))"#
        }
        append(line + "}\n", to: file)
    }
}
