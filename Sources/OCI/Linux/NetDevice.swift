/// One value of `linux.netDevices`.
public struct NetDevice: Equatable, Sendable {
    /// Its name inside the container; absent keeps the host's name.
    public var name: String?

    /// A network device with the given properties; those not given are absent.
    public init(name: String? = nil) {
        self.name = name
    }
}
