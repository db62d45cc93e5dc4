import Base
import CShim

/// A procfs that is known to be one.
///
/// An image or the host's owner may mount over /proc, in whole or in part. If a label or a sysctl is written to a fake
/// file, the container is not confined (runc CVE-2019-16884, CVE-2025-52881). So we check that the root is procfs, and
/// ``open(_:_:)`` opens files below it without crossing a mount: it refuses a file that something is mounted over.
public struct Proc: ~Copyable {
    private let root: Descriptor

    /// The host's own /proc.
    ///
    /// - Throws: ``Failure`` if /proc is not procfs.
    public static func host() throws(Failure) -> Proc {
        let root = try Linux.open("/proc", [.path, .directory])
        guard try root.filesystem().type == UInt64(PROC_SUPER_MAGIC) else {
            throw Failure("/proc is not a proc filesystem", hint: "mount proc on /proc")
        }
        return Proc(root: root)
    }

    /// Makes a procfs of our own, for our pid namespace, mounted nowhere (fsopen(2)).
    ///
    /// - Throws: ``Failure``: EPERM in a user namespace if parts of the visible /proc are mounted over.
    public static func detached() throws(Failure) -> Proc {
        let context = try fsopen("proc")
        return Proc(root: try context.fsmount([.noSetuid, .noDevices, .noExecute]))
    }

    /// No procfs yet: the kernel answers EBADF.
    public static var none: Proc { Proc(root: .none) }

    private init(root: consuming Descriptor) { self.root = root }

    /// Opens a file of this procfs: `sys/net/ipv4/ip_forward`, `42/uid_map`. The path may go through plain links, such
    /// as `self`.
    ///
    /// - Throws: ``Failure`` of `openat2`: EXDEV if something is mounted over a part of the path, ELOOP for a magic
    ///   link.
    public borrowing func open(_ path: String, _ flags: OpenFlags) throws(Failure) -> Descriptor {
        do throws(Failure) {
            return try root.openat2(path, flags, resolve: [.beneath, .noMagicLinks, .noMounts])
        } catch {
            throw Failure("open /proc/\(path)", cause: error.cause)
        }
    }

    /// Opens the target of a magic link of this procfs: `self/ns/net`, `self/exe`, `self/fd/3`.
    ///
    /// It cannot refuse mounts as ``open(_:_:)`` does, because a magic link itself leads to another mount. Whoever
    /// mounts over a part of the path decides what is opened.
    ///
    /// - Throws: ``Failure`` of `openat`: ENOENT if there is no such process or descriptor.
    public borrowing func follow(_ path: String, _ flags: OpenFlags) throws(Failure) -> Descriptor {
        let number = uninterrupted { shim_openat(root.number, path, flags.rawValue, 0) }
        return Descriptor(owning: try check(number, "openat", "open /proc/\(path)"))
    }

    /// Returns the text of a link of this procfs, without following it: `net:[4026531840]` for `self/ns/net`. Like
    /// ``follow(_:_:)`` it does not refuse mounts.
    ///
    /// - Returns: nil if there is no such link.
    public borrowing func link(_ path: String) throws(Failure) -> String? {
        do throws(Failure) { return try root.readlinkat(path) } catch  where error.errno == .ENOENT { return nil }
    }

    /// Writes `text` to a file of this procfs in one write(2).
    public borrowing func write(_ text: String, to path: String) throws(Failure) {
        let file = try open(path, .writeOnly)
        try file.write(text, "/proc/\(path)")
    }

    /// Reads a small file of this procfs, at most 64 KiB.
    public borrowing func read(_ path: String) throws(Failure) -> String {
        let file = try open(path, .readOnly)
        return String(decoding: try file.readAll(limit: 65536, "/proc/\(path)"), as: UTF8.self)
    }

    /// Returns the pid of the process of `pidfd`, in the pid namespace of this procfs: the line `Pid:` of its fdinfo.
    ///
    /// - Throws: ``Failure`` if the process was waited for (`Pid: -1`), or is outside this pid namespace (`Pid: 0`).
    public borrowing func pid(of pidfd: borrowing PidDescriptor) throws(Failure) -> Int32 {
        for line in try read("self/fdinfo/\(pidfd.number)").utf8.split(separator: UInt8(ascii: "\n")) {
            guard line.starts(with: "Pid:".utf8) else { continue }
            let digits = line.dropFirst(4).drop { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
            if let pid = Int32(Substring(digits)), pid > 0 { return pid }
        }
        throw Failure("a process ended before its pid could be read")
    }

    /// Reads field 22 and field 3 of /proc/PID/stat: when the process started, in clock ticks since boot, and its
    /// state.
    ///
    /// The pid and the start time together identify a process: the kernel uses a pid again, but with another start
    /// time.
    ///
    /// - Returns: nil if there is no such process, or the line cannot be parsed.
    public borrowing func stat(of pid: Int32) throws(Failure) -> ProcessStat? {
        do throws(Failure) {
            return ProcessStat(stat: try read("\(pid)/stat"))
        } catch  where error.errno == .ENOENT || error.errno == .ESRCH {
            return nil
        }
    }
}

/// The parts of /proc/PID/stat that identify a process and say whether it runs (proc_pid_stat(5)).
public struct ProcessStat: Equatable, Sendable {
    /// Field 22: when it started, in clock ticks since boot.
    public let time: UInt64
    /// Whether it is a zombie or dead (field 3 is Z, X or x): only its pid is left.
    public let hasEnded: Bool

    /// Whether it is stopped, by a signal or by its tracer (field 3 is T or t).
    public let isStopped: Bool

    /// Parses the line. The command's name (field 2) may have spaces and brackets, so we count from the last bracket.
    public init?(stat: String) {
        let bytes = stat.utf8
        guard let bracket = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[bytes.index(after: bracket)...].split(separator: UInt8(ascii: " "), maxSplits: 20)
        guard fields.count > 19, let state = fields[0].first, let time = UInt64(Substring(fields[19])) else {
            return nil
        }
        self.time = time
        isStopped = state == UInt8(ascii: "T") || state == UInt8(ascii: "t")
        hasEnded = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") || state == UInt8(ascii: "x")
    }
}
