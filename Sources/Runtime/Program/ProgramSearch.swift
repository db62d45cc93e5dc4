import Base
import CShim
import Linux

/// Finds the program of `process.args` as execvp(3) does, in the words that callers match on: those of Go's
/// `exec.LookPath` (WhatCallersRun, "Error words").
enum ProgramSearch {
    /// What is at a path.
    enum Finding: Equatable {
        case executable
        case directory
        /// It is there, and the process may not execute it: it has no right to, or the mount is `noexec`.
        case forbidden(Errno)
        /// It is there, on a filesystem that is mounted `noexec`.
        case onNoExec
        /// statx(2) does not reach it.
        case unreachable(Errno)
    }

    /// - Parameters:
    ///   - name: `args[0]`. With a `/` in it, it is a path, relative to the current directory if it does not begin with
    ///     one; else it is looked for in each directory of `path`.
    ///   - path: PATH of the new environment. An empty element is the current directory.
    ///   - probe: Looks at one path; ``look(at:)`` but for tests.
    /// - Returns: What to give to execve(2).
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
                    action, cause: .init(call: "faccessat2", errno: .EACCES), hint: Self.noExecHint,
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
            case .onNoExec: hint = hint ?? "\(candidate): \(noExecHint)"
            case .directory, .unreachable: continue
            }
        }
        throw Failure("\(action): executable file not found in $PATH", hint: hint, code: .programNotFound)
    }

    /// Looks at `path` with the rights of the calling process: faccessat2(2) with `AT_EACCESS` knows the effective ids,
    /// CAP_DAC_OVERRIDE, access lists and `noexec` mounts.
    static func look(at path: String) -> Finding {
        do throws(Failure) {
            if try status(path).kind == .directory { return .directory }
        } catch {
            return .unreachable(error.errno ?? .ENOENT)
        }
        guard let errno = executionError(path) else { return .executable }
        return errno == .EACCES && isOnNoExec(path) ? .onNoExec : .forbidden(errno)
    }

    static let noExecHint = "it is on a filesystem that is mounted noexec"

    private static func isOnNoExec(_ path: String) -> Bool {
        do throws(Failure) { return try open(path, .path).filesystem().flags & UInt64(ST_NOEXEC) != 0 } catch {
            return false
        }
    }

    /// As Go's `%q`, for what a file's name can reasonably hold.
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
