import Base
import CShim
import Linux

/// Where failures are told: the file of `--log`, and the standard error.
///
/// containerd reads the file as a stream of JSON values and wants an RFC 3339 time; Podman reads the whole file as one
/// value. So, without `--debug`, there is one line for a command that failed, and none for one that did not.
///
/// It is open for each line alone: whatever else is open when a container is made, its init has, too, until `start`.
struct Log {
    /// Of the file, absolute; nil for the standard error.
    let path: String?
    private let format: LogFormat
    private let isDebug: Bool

    /// The log of a program that was not told of another one: text on the standard error.
    init() { (path, format, isDebug) = (nil, .text, false) }

    /// - Parameters:
    ///   - path: Of a file to append to, absolute, made where it is absent; nil or empty for the standard error.
    ///   - format: `text` or `json`; nil for text.
    ///   - isDebug: Whether lines of the level debug are written.
    /// - Throws: ``Failure`` for another format.
    init(path: String?, format: String?, isDebug: Bool = false) throws(Failure) {
        self.path = path == "" ? nil : path
        self.format = try LogFormat(option: format)
        self.isDebug = isDebug
    }

    /// Makes the file where it is absent.
    ///
    /// - Throws: ``Failure`` of open(2), as every line would have it.
    func check() throws(Failure) { _ = try open() }

    private func open() throws(Failure) -> Descriptor? {
        guard let path else { return nil }
        return try Linux.open(path, [.writeOnly, .create, .append, .synchronous], mode: 0o644)
    }

    /// Writes one line for `failure` with one write(2): to the file, and then bare to the standard error, or to the
    /// standard error alone.
    func report(_ failure: Failure) {
        let failure = Self.suspectingFilter(failure)
        let message = escaped(failure.line)
        let line = format.line(.error, failure, at: .now) + "\n"
        if path != nil {
            write(line)
            Self.write(message + "\n", to: Output.diagnostics.rawValue)
        } else if format == .text, Self.isTerminal(Output.diagnostics.rawValue) {
            Self.write("ERRO[0000] \(message)\n", to: Output.diagnostics.rawValue)
        } else {
            write(line)
        }
    }

    /// Writes one line for `message`, with `--debug` alone; never to the standard error beside a file.
    func debug(_ message: @autoclosure () -> String) {
        guard isDebug else { return }
        write(format.line(.debug, message(), at: .now) + "\n")
    }

    /// Writes one line for a warning: to the file alone, or to the standard error where there is none.
    ///
    /// An ambient capability that is not granted is for the file, or `--debug`: Buildah asks for a dozen with every
    /// container, and shows our standard error as its program's.
    func warn(_ warning: Failure) {
        guard path != nil || isDebug || warning.stableCode != .ambientCapability else { return }
        write(format.line(.warning, warning, at: .now) + "\n")
    }

    /// Whether a filter is around us is only asked where it would explain the failure.
    private static func suspectingFilter(_ failure: Failure) -> Failure {
        guard let cause = failure.cause, let hint = SuspectedFilter.hint(cause, isFiltered: true) else {
            return failure
        }
        return SeccompFilter.isAroundUs ? failure.hinting(hint) : failure
    }

    private func write(_ line: String) {
        let file = (try? open()) ?? nil
        switch file {
        case .some(let file): Self.write(line, to: file.number)
        case nil where path == nil: Self.write(line, to: Output.diagnostics.rawValue)
        case nil: break
        }
    }

    /// There is nobody left to tell of a log that cannot be written.
    private static func write(_ line: String, to number: CInt) {
        var line = line
        line.withUTF8 { bytes in _ = uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) } }
    }

    /// Whether ioctl(2) TCGETS, which only a terminal knows, is answered.
    private static func isTerminal(_ number: CInt) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { termios in
            shim_ioctl(number, UInt(TCGETS), termios.baseAddress) == 0
        }
    }
}
