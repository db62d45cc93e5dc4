/// `linux.resources` (runtime-spec 1.3, config-linux.md, "Control groups"). Also the whole text of `update --resources`.
public struct Resources: Equatable, Sendable {
    /// Which devices may be used; a later rule wins.
    public var devices: [DeviceRule]?
    /// The memory controller.
    public var memory: MemoryResources?
    /// The cpu and cpuset controllers.
    public var cpu: CPUResources?
    /// The pids controller.
    public var pids: PidsResources?
    /// The io controller.
    public var blockIO: BlockIOResources?
    /// The hugetlb controller, by page size.
    public var hugepageLimits: [HugepageLimit]?
    /// The net_cls and net_prio controllers of cgroup v1.
    public var network: NetworkResources?
    /// The rdma controller, by device name.
    public var rdma: Entries<RdmaResources>?
    /// Files of cgroup v2 and what is written to them, in the order written.
    public var unified: Entries<String>?

    /// Resources with the given properties; those not given are absent.
    public init(
        devices: [DeviceRule]? = nil, memory: MemoryResources? = nil, cpu: CPUResources? = nil,
        pids: PidsResources? = nil, blockIO: BlockIOResources? = nil, hugepageLimits: [HugepageLimit]? = nil,
        network: NetworkResources? = nil, rdma: Entries<RdmaResources>? = nil, unified: Entries<String>? = nil
    ) {
        self.devices = devices
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.blockIO = blockIO
        self.hugepageLimits = hugepageLimits
        self.network = network
        self.rdma = rdma
        self.unified = unified
    }
}
