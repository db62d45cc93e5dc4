import Base
import CShim
import Linux

/// A hint for a user whose program exists but was refused by execve(2), worked out from the program's first bytes.
///
/// The bytes are read before seccomp is loaded (``init(path:)``), because afterwards a system call may kill the
/// process. The text itself (``text(after:)``) needs no system call.
struct ExecHint: Equatable {
    /// The hint for a program on a `noexec` mount.
    static let onNoExec = "it is on a filesystem that is mounted noexec"

    private let kind: Kind
    /// Whether the program lies on a `noexec` mount.
    private let isOnNoExec: Bool

    private enum Kind: Equatable {
        case empty
        case script(interpreter: String, isThere: Bool)
        case program(ELFHeader, isLoaderThere: Bool)
        case byteOrderMark
        case text
        case unknown
    }

    /// - Parameters:
    ///   - head: The first bytes: 256, as many as the kernel looks at, or more.
    ///   - isOnNoExec: Whether its filesystem is mounted `noexec`.
    ///   - exists: Whether a path exists, as the process sees it.
    init(head: [UInt8], isOnNoExec: Bool = false, exists: (String) -> Bool) {
        self.isOnNoExec = isOnNoExec
        if head.isEmpty {
            kind = .empty
        } else if let program = ELFHeader(head) {
            kind = .program(program, isLoaderThere: program.loader.map(exists) ?? true)
        } else if head.starts(with: "#!".utf8) {
            let interpreter = Self.interpreter(head)
            kind = .script(interpreter: interpreter, isThere: exists(interpreter))
        } else if head.starts(with: "\u{FEFF}#!".utf8) {
            kind = .byteOrderMark
        } else {
            kind = head.prefix(256).allSatisfy(Self.isText) ? .text : .unknown
        }
    }

    /// Reads the head of the program at `path`; nil if it cannot be read, since a program may be only executable.
    init?(path: String) {
        do throws(Failure) {
            let file = try Linux.open(path, [.readOnly, .nonBlocking, .noControllingTerminal])
            guard try file.status().kind == .regular else { return nil }
            let isOnNoExec = try file.filesystem().flags & UInt64(ST_NOEXEC) != 0
            let head = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                do throws(Failure) { count = try file.read(into: UnsafeMutableRawBufferPointer(buffer)) } catch {
                    count = 0
                }
            }
            self.init(
                head: head, isOnNoExec: isOnNoExec,
                exists: { path in
                    do throws(Failure) { return try status(path).kind != .directory } catch { return false }
                })
        } catch {
            return nil
        }
    }

    /// Returns the hint for an errno of execve(2); nil if the errno says enough.
    func text(after errno: Errno) -> String? {
        switch errno {
        case .EACCES where isOnNoExec: return Self.onNoExec
        case .EACCES:
            guard case .script(let interpreter, true) = kind else { return nil }
            return "its interpreter \(interpreter) may not be executed"
        case .E2BIG: return "the arguments and the environment are too long together"
        case .ENOENT: return missing
        case .ENOEXEC: return wrongFormat
        default: return nil
        }
    }

    private var missing: String? {
        switch kind {
        case .script(let interpreter, _) where interpreter.utf8.last == UInt8(ascii: "\r"):
            "its #! line ends in a carriage return, as Windows writes lines"
        case .script(let interpreter, false): "its interpreter \(interpreter) is not in the container"
        case .program(let program, false):
            "its loader \(program.loader ?? "") is not in the container; it may be made for another C library"
        default: nil
        }
    }

    private var wrongFormat: String {
        switch kind {
        case .empty: "it is empty"
        case .byteOrderMark: "a byte order mark stands before its #!"
        case .text: "it is a script without a #! line"
        case .script(let interpreter, _) where interpreter.isEmpty: "its #! line names no interpreter"
        case .script(let interpreter, _): "its interpreter \(interpreter) cannot be run here"
        case .unknown: "it is neither an ELF program nor a script"
        case .program(let program, _):
            program.machine == .native
                ? "its ELF header is damaged, or it is no program but a library or an object file"
                : "it is made for \(program.machine.words), this machine is \(ELFMachine.native.words)"
        }
    }

    /// Returns the path after `#!`, up to the first blank. A carriage return stays: the kernel takes it as part of the
    /// name.
    private static func interpreter(_ head: [UInt8]) -> String {
        let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
        let path = line.drop(while: isBlank).prefix { !isBlank($0) }
        return String(decoding: path, as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte >= 0x09 && byte <= 0x0D }
}
