import CShim

/// The versions of this program and of what it was made from.
public enum Version {
    /// The version of apus. This is the only place where it is written.
    public static let apus = "0.1.0"

    /// The newest version of the runtime specification that apus understands.
    public static let specification = "1.3.0"

    /// `git describe` of the source, if the build knew it (Sources/CShim/build.c).
    public static var commit: String? { shim_build_commit().map { String(cString: $0) } }

    /// The version of the Swift compiler. If the build does not give it, the version of the language, without the last
    /// part.
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
