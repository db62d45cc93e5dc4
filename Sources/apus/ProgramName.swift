import CShim

/// The name that the program was called by.
///
/// What knows only the name `runc` finds apus there, as a link or a copy: BuildKit, and containerd and Docker without
/// settings. Then apus does what such a caller expects of runc and does not say: it calls itself `runc` in the first
/// line of `--version`, which go-runc and nerdctl refuse otherwise, and keeps its state where runc does. BuildKit,
/// Podman and Buildah give no `--root`, so only there can apus find the containers that runc made before.
enum ProgramName {
    /// The last part of the first argument.
    static var own: String {
        guard let first = shim_arguments()?.pointee else { return standard }
        return base(String(cString: first))
    }

    /// The name that stands in the help.
    static let standard = "apus"

    /// `runc` if the program was called by this name, or by one of those under which engines bring their own runc
    /// (`buildkit-runc`, `docker-runc`); otherwise `apus`.
    static func kind(of name: String) -> String {
        name == "runc" || name.hasSuffix("-runc") ? "runc" : standard
    }

    static func base(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Whether the caller takes us for runc.
    static var isRunc: Bool { kind(of: own) == "runc" }
}
