import Base
import CShim
import Linux

/// The directory below which each container has one of its own.
struct StateRoot: Equatable {
    /// Absolute and clean.
    var path: String
    var origin: Origin

    /// Who said so.
    enum Origin: Equatable {
        /// `--root`.
        case option
        /// `$XDG_RUNTIME_DIR`.
        case runtimeDirectory
        /// Nobody.
        case standard
    }

    /// Without `--root` and `$XDG_RUNTIME_DIR`.
    static let standard = "/run/apus"

    /// - Parameters:
    ///   - option: What `--root` says, absolute, or nil.
    ///   - runtimeDirectory: `$XDG_RUNTIME_DIR`, where it is to be honoured.
    /// - Throws: ``Failure`` where `--root` means `/`, in runc's words.
    init(option: String?, runtimeDirectory: @autoclosure () -> String?) throws(Failure) {
        if let option {
            path = Path.cleaned(option)
            origin = .option
            guard path != "/" else { throw Failure("Option --root argument should not be set to /", code: .usage) }
        } else if let directory = runtimeDirectory(), !directory.isEmpty {
            path = "\(directory)/apus"
            origin = .runtimeDirectory
        } else {
            path = Self.standard
            origin = .standard
        }
    }

    /// The root that this process's options and environment mean.
    ///
    /// `$XDG_RUNTIME_DIR` counts for everybody but root, and for a root of a user namespace of its own whose `$USER` is
    /// another one (runc's rule): it is then the user who made the namespace that owns the directory.
    static func resolve(_ option: String?) throws(Failure) -> StateRoot {
        try StateRoot(option: try Path.absolute(option), runtimeDirectory: ownRuntimeDirectory)
    }

    private static var ownRuntimeDirectory: String? {
        guard let directory = Environment.value("XDG_RUNTIME_DIR") else { return nil }
        if shim_geteuid() != 0 { return directory }
        return Environment.isInUserNamespace && Environment.value("USER") != "root" ? directory : nil
    }

    /// Makes the directory in `$XDG_RUNTIME_DIR`, with the sticky bit, which keeps it from being cleaned away (XDG Base
    /// Directory Specification). Any other root is made by the runtime itself.
    func prepare() throws(Failure) {
        guard origin == .runtimeDirectory else { return }
        let made = shim_mkdirat(AT_FDCWD, path, 0o700)
        if made < 0, Errno(rawValue: -made) != .EEXIST {
            throw Failure(
                "mkdir \(path)", "mkdirat", Errno(rawValue: -made),
                hint: "the path in $XDG_RUNTIME_DIR must be writable by the user")
        }
        let changed = shim_fchmodat(AT_FDCWD, path, 0o1700)
        guard changed == 0 else {
            throw Failure(
                "chmod \(path)", "fchmodat", Errno(rawValue: -changed),
                hint: "check the permissions of the path in $XDG_RUNTIME_DIR")
        }
    }
}
