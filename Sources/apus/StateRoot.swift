import Base
import CShim

/// The state root: the directory that holds one folder per container.
struct StateRoot: Equatable {
    /// The absolute path, without `.`, `..` or double slashes.
    var path: String
    var origin: Origin

    /// Where the path comes from.
    enum Origin: Equatable {
        /// `--root`.
        case option
        /// `$XDG_RUNTIME_DIR`.
        case runtimeDirectory
        /// Neither: the default.
        case standard
    }

    /// The root without `--root` and `$XDG_RUNTIME_DIR`.
    static func standard(_ name: String = ProgramName.standard) -> String { "/run/\(name)" }

    /// Chooses the root.
    ///
    /// - Parameters:
    ///   - option: The absolute path from `--root`, or nil.
    ///   - runtimeDirectory: `$XDG_RUNTIME_DIR`, if it counts.
    ///   - name: The name of the directory there and in /run: `apus`, or `runc` for who takes us for runc.
    /// - Throws: ``Failure`` if `--root` means `/`, in runc's words.
    init(
        option: String?, runtimeDirectory: @autoclosure () -> String?, name: String = ProgramName.standard
    ) throws(Failure) {
        if let option {
            path = Path.cleaned(option)
            origin = .option
            guard path != "/" else { throw Failure("Option --root argument should not be set to /", code: .usage) }
        } else if let directory = runtimeDirectory(), !directory.isEmpty {
            path = "\(directory)/\(name)"
            origin = .runtimeDirectory
        } else {
            path = Self.standard(name)
            origin = .standard
        }
    }

    /// Returns the root for this process's options and environment.
    ///
    /// `$XDG_RUNTIME_DIR` counts for every user but root. It also counts for root in a user namespace other than the
    /// host's if `$USER` is not root (runc's rule): then the directory belongs to the user who made the namespace.
    static func resolve(_ option: String?) throws(Failure) -> StateRoot {
        try StateRoot(
            option: try Path.absolute(option), runtimeDirectory: ownRuntimeDirectory,
            name: ProgramName.kind(of: ProgramName.own))
    }

    private static var ownRuntimeDirectory: String? {
        guard let directory = CallerEnvironment.value("XDG_RUNTIME_DIR") else { return nil }
        if shim_geteuid() != 0 { return directory }
        return CallerEnvironment.isInUserNamespace && CallerEnvironment.value("USER") != "root" ? directory : nil
    }

    /// Makes the directory in `$XDG_RUNTIME_DIR`. Its sticky bit protects it from being cleaned up (XDG Base Directory
    /// Specification). The runtime makes any other root later.
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
