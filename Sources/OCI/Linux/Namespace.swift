/// One entry of `linux.namespaces` (runtime-spec 1.3, config-linux.md, "Namespaces").
public struct Namespace: Equatable, Sendable {
    /// Which namespace.
    public var type: Kind
    /// A namespace file to join; absent makes a new one.
    public var path: String?

    /// A namespace with the given properties; the others are absent.
    public init(type: Kind, path: String? = nil) {
        self.type = type
        self.path = path
    }

    /// The eight kinds of namespace.
    public enum Kind: String, SpecWord {
        case pid, network, mount, ipc, uts, user, cgroup, time

        /// What an error calls it.
        public static var noun: StaticString { "namespace type" }
    }
}
