import Base
import CShim
import Linux

/// Finds the program of `process.args` as execvp(3) does. Its errors use the words that callers match on, those of
/// Go's `exec.LookPath` (WhatCallersRun, "Error words").
enum ProgramSearch {
    /// What a path leads to.
    enum Finding: Equatable {
        case executable
        case directory
        /// It exists, but the process may not execute it.
        case forbidden(Errno)
        /// It exists, but its filesystem is mounted `noexec`.
        case onNoExec
        /// statx(2) cannot reach it.
        case unreachable(Errno)
    }

    /// - Parameters:
    ///   - name: `args[0]`. If it has a `/`, it is a path; a relative one starts at the current directory. Otherwise
    ///     it is searched for in each directory of `path`.
    ///   - path: PATH of the new environment. An empty element is the current directory.
    ///   - probe: Looks at one path; ``look(at:)`` except in tests.
    /// - Returns: The path for execve(2).
    /// - Throws: ``Failure`` beginning with `exec: "NAME": `.
    static func find(_ name: String, path: String?, probe: (String) -> Finding) throws(Failure) -> String {
        let action = "exec: \(quoted(name))"
        if name.utf8.contains(UInt8(ascii: "/")) {
            switch probe(name) {
            case .executable: return name
            case .directory:
                throw Failure(action, cause: .init(call: "execve", errno: .EISDIR), code: .programNotExecutable)
            case .forbidden(let errno):
                throw Failure(action, cause: .init(call: "faccessat2", errno: errno), code: .programNotExecutable)
            case .onNoExec:
                throw Failure(
                    action, cause: .init(call: "faccessat2", errno: .EACCES), hint: ExecHint.onNoExec,
                    code: .programNotExecutable)
            case .unreachable(let errno):
                throw Failure(
                    "\(action): stat \(name)", cause: .init(call: "statx", errno: errno), code: .programNotFound)
            }
        }
        var hint = path?.isEmpty ?? true ? "the environment has no PATH" : nil
        let directories = name.isEmpty || hint != nil ? nil : path
        for element in directories?.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) ?? [] {
            let candidate = element.isEmpty ? "./\(name)" : "\(Substring(element))/\(name)"
            switch probe(candidate) {
            case .executable: return candidate
            case .forbidden: hint = hint ?? "\(candidate) is there, but may not be executed"
            case .onNoExec: hint = hint ?? "\(candidate): \(ExecHint.onNoExec)"
            case .directory, .unreachable: continue
            }
        }
        throw Failure("\(action): executable file not found in $PATH", hint: hint, code: .programNotFound)
    }

    /// Looks at `path` with the rights of the calling process: faccessat2(2) with `AT_EACCESS` respects the effective
    /// ids, CAP_DAC_OVERRIDE, access lists and `noexec` mounts.
    static func look(at path: String) -> Finding {
        do throws(Failure) {
            if try status(path).kind == .directory { return .directory }
        } catch {
            return .unreachable(error.errno ?? .ENOENT)
        }
        guard let errno = executionError(path) else { return .executable }
        return errno == .EACCES && isOnNoExec(path) ? .onNoExec : .forbidden(errno)
    }

    private static func isOnNoExec(_ path: String) -> Bool {
        do throws(Failure) { return try open(path, .path).filesystem().flags & UInt64(ST_NOEXEC) != 0 } catch {
            return false
        }
    }

    /// Quotes as Go's `%q` does, for the characters that a file's name can reasonably have.
    private static func quoted(_ name: String) -> String {
        var text = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                text += (scalar.value < 16 ? "\\x0" : "\\x") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

/// The arguments of execve(2).
struct Launch: ~Copyable {
    let path: String
    /// args[0], for messages.
    let name: String
    let arguments: CStringArray
    let environment: CStringArray
    let hint: ExecHint?

    /// A launch without a program.
    static var none: Launch {
        Launch(path: "", name: "", arguments: CStringArray([]), environment: CStringArray([]), hint: nil)
    }

    /// Becomes the program; returns only if that fails, with the reason.
    borrowing func execute() -> Failure {
        let errno = execve(path, arguments: arguments, environment: environment)
        return Failure(
            "exec \(quoted(name))", cause: .init(call: "execve", errno: errno), hint: hint?.text(after: errno),
            code: errno == .ENOENT ? .programNotFound : .programNotExecutable)
    }
}
