import Base
import CShim
import Linux

/// What came of trying something.
enum Answer: Equatable {
    case works
    /// It was refused: the failure says by which call, or says what else was wrong.
    case fails(Failure)

    /// Whether it works.
    var isYes: Bool { self == .works }

    /// The reason, on one line; empty if it works.
    var reason: String {
        guard case .fails(let failure) = self else { return "" }
        guard let cause = failure.cause else { return failure.action }
        return "\(cause.call): \(cause.errno.text)"
    }

    /// The kernel's number for the reason; nil if it works.
    var errno: Errno? {
        guard case .fails(let failure) = self else { return nil }
        return failure.errno
    }

    /// What helps, if the reason alone tells: a seccomp filter around us. nil otherwise.
    var hint: String? {
        guard case .fails(let failure) = self else { return nil }
        return failure.hint
    }

    /// Whether the answer means that we may not, as opposed to that there is no such thing.
    var isForbidden: Bool { [.EPERM, .EACCES, .EROFS].contains(errno) }
}

/// Tries things in child processes.
///
/// A probe may change its process (namespaces, mounts), be killed by a seccomp filter, or hang. In a child process it
/// harms nobody, and everything that it made in namespaces of its own ends with it.
enum Probe {
    /// How long a probe may take, in milliseconds.
    static let patience = 5_000

    /// Calls `body` in a child process, in new namespaces of these kinds.
    ///
    /// The namespaces are made with unshare(2), so that this works even under a seccomp filter that hides clone3(2).
    static func ask(in namespaces: NamespaceFlags = [], _ body: () throws(Failure) -> Void) -> Answer {
        do throws(Failure) {
            let said = try text(within: patience) { () throws(Failure) -> String in
                if !namespaces.isEmpty { try unshare(namespaces) }
                try body()
                return done
            }
            return said == done ? .works : .fails(decoded(said))
        } catch { return .fails(error) }
    }

    private static let done = "done"

    /// Calls `body` in a child process, and returns its text, at most 60 KiB. A failure becomes a text too, which
    /// ``decoded(_:)`` reads.
    ///
    /// - Throws: ``Failure`` if no child could be made, or if it was killed or did not end in time.
    static func text(
        within milliseconds: Int, _ body: () throws(Failure) -> String
    ) throws(Failure) -> String {
        let pipe = try Pipe()
        switch try clone([], "start a process for a probe") {
        case .child:
            var text: String
            do throws(Failure) { text = try body() } catch { text = encoded(error) }
            // A pipe takes 64 KiB without a reader.
            text = String(Substring(text.utf8.prefix(60 << 10)))
            try? pipe.writer.write(text, "a probe's answer")
            ThisProcess.exit(0)
        case .parent(_, let pidfd):
            let reader = pipe.keepReader()
            guard pidfd.waitUntilEnded(within: milliseconds) else {
                pidfd.killChild()
                throw Failure("no answer within \(milliseconds / 1000) s", code: .timedOut)
            }
            let end = try pidfd.wait(hang: false)
            if case .signalled(let signal) = end {
                throw Failure("a process that tried it was killed by signal \(signal)")
            }
            return String(decoding: try reader.readAll(limit: 64 << 10, "a probe's answer"), as: UTF8.self)
        }
    }

    /// A failure as a text: the parts are separated by NUL, which is in none of them.
    static func encoded(_ failure: Failure) -> String {
        "\(failure.errno?.rawValue ?? 0)\u{0}\(failure.cause?.call ?? "")\u{0}\(failure.action)\u{0}\(failure.hint ?? "")"
    }

    static func decoded(_ text: String) -> Failure {
        let parts = text.utf8.split(separator: 0, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard parts.count == 4, let number = CInt(parts[0]) else {
            return Failure("a process that tried it ended early")
        }
        let cause = number == 0 ? nil : Failure.Cause(call: parts[1], errno: Errno(rawValue: number))
        return Failure(parts[2], cause: cause, hint: parts[3].isEmpty ? nil : parts[3])
    }

    /// Makes the calling process, which is alone in its new user namespace, user 0 of it. A process may map one id
    /// itself: that which it had (user_namespaces(7)).
    ///
    /// - Parameter ids: The ids that the process had before.
    static func becomeRoot(of ids: (user: UInt32, group: UInt32)) throws(Failure) {
        try open("/proc/self/setgroups", .writeOnly).write("deny", "setgroups")
        try open("/proc/self/uid_map", .writeOnly).write("0 \(ids.user) 1", "uid_map")
        try open("/proc/self/gid_map", .writeOnly).write("0 \(ids.group) 1", "gid_map")
    }
}

/// Reads small files of the host. What cannot be read is nil.
///
/// It does not use ``Proc``, which needs openat2(2): that may be what is missing.
enum HostFile {
    /// What the kernel says of our own process.
    static var ownStatus: ProcessStatus { ProcessStatus(text("/proc/self/status") ?? "") }

    static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        guard let file = try? open(path, [.readOnly, .nonBlocking, .noControllingTerminal]),
            let bytes = try? file.readAll(limit: limit, path)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The file's words, which white space and commas separate.
    static func words(_ path: String) -> [String]? {
        text(path).map { text in
            text.utf8.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { String(Substring($0)) }
        }
    }

    static func line(_ path: String) -> String? {
        text(path).map { text in String(Substring(text.utf8.prefix { $0 != UInt8(ascii: "\n") })) }
    }

    static func exists(_ path: String) -> Bool { (try? status(path)) != nil }
}
