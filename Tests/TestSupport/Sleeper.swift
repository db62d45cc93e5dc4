import Foundation

/// A process that does nothing. It ends with the value, by SIGKILL, because it inherits a mask that blocks all other
/// signals.
public final class Sleeper {
    private let process = Foundation.Process()
    /// Its pid.
    public var pid: Int32 { process.processIdentifier }

    /// Starts it.
    public init() throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["100"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
