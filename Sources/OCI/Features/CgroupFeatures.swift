/// `linux.cgroup` of the features.
public struct CgroupFeatures: Equatable, Sendable {
    /// cgroup v1.
    public var v1: Bool?
    /// cgroup v2.
    public var v2: Bool?
    /// The system's systemd as manager.
    public var systemd: Bool?
    /// A user's systemd as manager.
    public var systemdUser: Bool?
    /// The rdma controller.
    public var rdma: Bool?

    /// Cgroup features with the given properties; those not given are absent.
    public init(v1: Bool? = nil, v2: Bool? = nil, systemd: Bool? = nil, systemdUser: Bool? = nil, rdma: Bool? = nil) {
        self.v1 = v1
        self.v2 = v2
        self.systemd = systemd
        self.systemdUser = systemdUser
        self.rdma = rdma
    }
}

extension CgroupFeatures: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("v1", v1)
            json.member("v2", v2)
            json.member("systemd", systemd)
            json.member("systemdUser", systemdUser)
            json.member("rdma", rdma)
        }
    }
}
