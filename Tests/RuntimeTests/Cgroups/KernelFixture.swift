import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing
@testable import Runtime

/// The machine the tests run on.
enum Machine {
    static var isReady: Bool {
        getenv("APUS_CGROUPS") != nil && geteuid() == 0
            && FileManager.default.fileExists(atPath: "/sys/fs/cgroup/cgroup.subtree_control")
    }

    struct Disk {
        var path: String
        var major: Int64
        var minor: Int64
    }

    /// A whole disk: the virtual machine's own.
    static var disk: Disk? {
        guard let status = try? Linux.status("/dev/vda"), status.kind == .blockDevice else { return nil }
        return Disk(path: "/dev/vda", major: Int64(status.device.major), minor: Int64(status.device.minor))
    }
}

/// A process of the test, which ends with the value.
final class ShellProcess {
    let process = Foundation.Process()
    private let output = Foundation.Pipe()

    init(command: String = "sleep 1000") throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command.hasPrefix("sleep") ? "exec \(command)" : command]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { end() }

    var pid: Int32 { process.processIdentifier }

    func end() {
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    /// Whether it ends by itself within 20 s.
    func hasEnded() -> Bool {
        eventually(within: 20) { !process.isRunning }
    }

    /// Its status, as in a shell.
    func wait() -> Int32 {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    func waitForLine() { _ = output.fileHandleForReading.availableData }

    /// The processor time it has used, in clock ticks.
    var ticks: UInt64 {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return 0 }
        let fields = stat.split(separator: " ")
        return fields.count > 14 ? (UInt64(fields[13]) ?? 0) + (UInt64(fields[14]) ?? 0) : 0
    }
}
