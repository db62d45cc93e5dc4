import Base
import Linux

/// Enters `process.cwd` as the container's root. For init it is made if it is missing; for `exec` it must exist.
///
/// Even root may not be allowed to enter it (NFS with root_squash, an id that is not mapped). Then ``VerifyDirectory``
/// tries again as the user.
struct WorkingDirectory: InsideWork {
    static var word: StaticString { "working-directory" }

    /// Absolute, in the container.
    var path: String
    /// Whether it is made if it is missing.
    var isMade = true
    /// Whether the directory is only made, and not entered. This happens before a later step makes the root read-only.
    var isForLater = false

    var summary: String {
        isForLater
            ? "make the directory \(path) if it is missing"
            : "change to \(path)" + (isMade ? ", made if it is missing" : "")
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        if isForLater {
            // An error here happens again, and is reported, when the directory is entered.
            _ = try? session.root.openMakingDirectories(path, mode: 0o755)
            return
        }
        do throws(Failure) {
            try
                (isMade
                ? try session.root.openMakingDirectories(path, mode: 0o755)
                : try session.root.openat2(path, [.path, .directory])).fchdir()
        } catch  where error.errno == .EACCES {
            return
        } catch {
            throw Failure(words, cause: error.cause)
        }
    }

    var words: String { "chdir to cwd (\(quoted(path))) set in config.json failed" }
}

/// Verifies, as the user, that the current directory lies inside the container's root, and enters `process.cwd` now if
/// root could not. A current directory that was reached through a descriptor of the host would be a way out (runc CVE-2024-21626).
struct VerifyDirectory: InsideWork {
    static var word: StaticString { "verify-directory" }

    var directory: WorkingDirectory

    var summary: String { "verify that the current directory is inside the container" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        // If the container's root could not enter it, we are still in "/".
        if directory.path != "/", try ThisProcess.getcwd() == "/" {
            do throws(Failure) {
                try session.root.openat2(directory.path, [.path, .directory]).fchdir()
            } catch {
                throw Failure(directory.words, cause: error.cause)
            }
        }
        guard try ThisProcess.getcwd().utf8.first == UInt8(ascii: "/") else {
            throw Failure("\(directory.words): it is outside of the container's root")
        }
    }
}
