import Base
import CShim
import Linux

/// Where failures are told: the file of `--log`, and the standard error.
///
/// containerd reads the file as a stream of JSON values and wants an RFC 3339 time; Podman reads the whole file as one
/// value. So, without `--debug`, there is one line for a command that failed, and none for one that did not.
struct Log: ~Copyable {
    private let file: Descriptor?
    private let format: LogFormat
    private let isDebug: Bool

    private init(file: consuming Descriptor?, format: LogFormat, isDebug: Bool) {
        self.file = file
        self.format = format
        self.isDebug = isDebug
    }

    /// The log of a program that was not told of another one: text on the standard error.
    init() { self.init(file: nil, format: .text, isDebug: false) }

    /// Opens the log.
    ///
    /// - Parameters:
    ///   - path: Of a file to append to, made where it is absent; nil or empty for the standard error.
    ///   - format: `text` or `json`; nil for text.
    ///   - isDebug: Whether lines of the level debug are written.
    /// - Throws: ``Failure`` for another format, or of open(2).
    init(path: String?, format: String?, isDebug: Bool = false) throws(Failure) {
        let format = try LogFormat(option: format)
        let file = try Self.append(to: path)
        self.init(file: file, format: format, isDebug: isDebug)
    }

    private static func append(to path: String?) throws(Failure) -> Descriptor? {
        guard let path, !path.isEmpty else { return nil }
        return try open(path, [.writeOnly, .create, .append, .synchronous], mode: 0o644)
    }

    private var fileNumber: CInt? {
        switch file {
        case .some(let file): file.number
        case nil: nil
        }
    }

    /// Writes one line for `failure` with one write(2): to the file, and then bare to the standard error, or to the
    /// standard error alone.
    func report(_ failure: Failure) {
        let message = failure.line
        if let fileNumber {
            Self.write(format.line(.error, failure, at: .now) + "\n", to: fileNumber)
            Self.write(message + "\n", to: Output.diagnostics.rawValue)
        } else if format == .text, Self.isTerminal(Output.diagnostics.rawValue) {
            Self.write("ERRO[0000] \(message)\n", to: Output.diagnostics.rawValue)
        } else {
            Self.write(format.line(.error, failure, at: .now) + "\n", to: Output.diagnostics.rawValue)
        }
    }

    /// Writes one line for `message`, with `--debug` alone; never to the standard error beside a file.
    func debug(_ message: @autoclosure () -> String) {
        guard isDebug else { return }
        Self.write(format.line(.debug, message(), at: .now) + "\n", to: fileNumber ?? Output.diagnostics.rawValue)
    }

    /// Writes one line for a warning: to the file alone, or to the standard error where there is none.
    func warn(_ warning: Failure) {
        let number = fileNumber ?? Output.diagnostics.rawValue
        Self.write(format.line(.warning, warning, at: .now) + "\n", to: number)
    }

    /// There is nobody left to tell of a log that cannot be written.
    private static func write(_ line: String, to number: CInt) {
        var line = line
        line.withUTF8 { bytes in _ = uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) } }
    }

    /// Whether ioctl(2) TCGETS, which only a terminal knows, is answered.
    private static func isTerminal(_ number: CInt) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { termios in
            shim_ioctl(number, 0x5401, termios.baseAddress) == 0
        }
    }
}
