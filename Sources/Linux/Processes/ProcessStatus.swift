import Base
import CShim

/// The lines of /proc/PID/status that the runtime uses (proc_pid_status(5)).
///
/// One look at this file tells what would otherwise take about 110 system calls: no call reads the bounding set, the
/// ignored signals or the umask as a whole.
public struct ProcessStatus: Equatable, Sendable {
    /// The capability sets.
    public private(set) var capabilities = Capabilities()
    /// The file mode creation mask.
    public private(set) var umask: UInt32 = 0
    /// The signals that are ignored: signal N is bit N-1.
    public private(set) var ignoredSignals: UInt64 = 0
    /// The signals that were sent to the process as a whole and are still pending.
    public private(set) var pendingSignals: UInt64 = 0

    /// Whether a SIGKILL is pending. It stays pending until the parent has waited for the process.
    public var isBeingKilled: Bool { pendingSignals & 1 << UInt64(SIGKILL - 1) != 0 }

    /// Parses the text of the file. What is missing stays 0.
    public init(_ text: String) {
        var rest = text.utf8[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            read(line)
        }
    }

    /// Reads one line, if it is one that the runtime uses. The kernel puts a tab behind the colon.
    private mutating func read(_ line: Substring.UTF8View) {
        // Of the about 60 lines, few begin with one of these letters.
        switch line.first {
        case UInt8(ascii: "U"):
            if let digits = value(of: "Umask:\t", in: line) { umask = UInt32(digits, radix: 8) ?? 0 }
        case UInt8(ascii: "S"):
            if let digits = value(of: "ShdPnd:\t", in: line) { pendingSignals = UInt64(digits, radix: 16) ?? 0 }
            if let digits = value(of: "SigIgn:\t", in: line) { ignoredSignals = UInt64(digits, radix: 16) ?? 0 }
        case UInt8(ascii: "C"):
            if let set = set("CapInh:\t", line) { capabilities.inheritable = set }
            if let set = set("CapPrm:\t", line) { capabilities.permitted = set }
            if let set = set("CapEff:\t", line) { capabilities.effective = set }
            if let set = set("CapBnd:\t", line) { capabilities.bounding = set }
            if let set = set("CapAmb:\t", line) { capabilities.ambient = set }
        default: break
        }
    }

    private func set(_ name: StaticString, _ line: Substring.UTF8View) -> CapabilitySet? {
        value(of: name, in: line).map { CapabilitySet(rawValue: UInt64($0, radix: 16) ?? 0) }
    }

    /// Returns what stands behind `name`; nil if the line does not begin with it.
    private func value(of name: StaticString, in line: Substring.UTF8View) -> Substring? {
        guard name.withUTF8Buffer({ line.starts(with: $0) }) else { return nil }
        return Substring(line.dropFirst(name.utf8CodeUnitCount))
    }
}

extension Proc {
    /// Reads the status of a process.
    ///
    /// - Parameter process: A pid, or `self`.
    /// - Throws: ``Failure``: ENOENT or ESRCH if there is no such process.
    public borrowing func status(of process: String) throws(Failure) -> ProcessStatus {
        ProcessStatus(try read("\(process)/status"))
    }
}
