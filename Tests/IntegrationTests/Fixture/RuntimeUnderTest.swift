import Glibc

/// The runtime under test: `$APUS`, or else the built product.
///
/// The same suite runs with `APUS=runc` and `APUS=crun` (Debian's). This shows wrong expectations of ours before we
/// blame our own program.
enum RuntimeUnderTest: String {
    case apus
    case runc
    case crun

    /// The program's path.
    static let path: String = {
        guard let named = Environment["APUS"] else { return Host.sources + "/.build/apus" }
        return named.contains("/") ? named : Program.find(named) ?? named
    }()

    /// Which runtime it is, by the first word that `--version` prints.
    static let kind: RuntimeUnderTest = {
        guard let said = try? Program.run([path, "--version"]) else { return .apus }
        return RuntimeUnderTest(rawValue: String(said.output.prefix { $0 != " " })) ?? .apus
    }()

    /// Whether it is apus. Only then are words, pointers and hints compared exactly.
    static var isOurs: Bool { kind == .apus }
}
