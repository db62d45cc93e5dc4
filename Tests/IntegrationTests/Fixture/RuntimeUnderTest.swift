import Glibc

/// The runtime that the suite judges: `$APUS`, else the built product.
///
/// The same suite runs with `APUS=runc` and `APUS=crun` (Debian's), so that a wrong belief of ours shows before our own
/// program is blamed.
enum RuntimeUnderTest: String {
    case apus
    case runc
    case crun

    /// The program's path.
    static let path: String = {
        guard let named = Environment["APUS"] else { return Host.sources + "/.build/apus" }
        return named.contains("/") ? named : Program.find(named) ?? named
    }()

    /// Which one it is, by the first word of what `--version` prints.
    static let kind: RuntimeUnderTest = {
        guard let said = try? Program.run([path, "--version"]) else { return .apus }
        return RuntimeUnderTest(rawValue: String(said.output.prefix { $0 != " " })) ?? .apus
    }()

    /// Whether it is ours: only then are its words, pointers and hints compared to the letter.
    static var isOurs: Bool { kind == .apus }
}
