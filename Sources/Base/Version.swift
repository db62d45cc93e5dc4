import CShim

/// What this program is, and what it was made from.
public enum Version {
    /// The version of apus: the only place it is written.
    public static let apus = "0.1.0"

    /// The newest version of the runtime specification that is understood.
    public static let specification = "1.3.0"

    /// `git describe` of the source, where the build knew it (Sources/CShim/build.c).
    public static var commit: String? { shim_build_commit().map { String(cString: $0) } }

    /// The version of the Swift compiler; without the last part where only the language tells it.
    public static var swift: String { shim_build_swift().map { String(cString: $0) } ?? language }

    private static var language: String {
        #if compiler(>=7)
            "7"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
