import Base

/// `linux.resources` (runtime-spec 1.3, config-linux.md, "Control groups").
///
/// It is also the whole text of `update --resources`.
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

extension Resources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var devices: [DeviceRule]?
        var memory: MemoryResources?
        var cpu: CPUResources?
        var pids: PidsResources?
        var blockIO: BlockIOResources?
        var hugepageLimits: [HugepageLimit]?
        var network: NetworkResources?
        var rdma: Entries<RdmaResources>?
        var unified: Entries<String>?
        try json.object { json, key throws(Failure) in
            switch key {
            case "devices": devices = try json.array(of: DeviceRule.self)
            case "memory": memory = try MemoryResources(&json)
            case "cpu": cpu = try CPUResources(&json)
            case "pids": pids = try PidsResources(&json)
            case "blockIO": blockIO = try BlockIOResources(&json)
            case "hugepageLimits": hugepageLimits = try json.array(of: HugepageLimit.self)
            case "network": network = try NetworkResources(&json)
            case "rdma": rdma = try json.entries(of: RdmaResources.self)
            case "unified": unified = try json.stringEntries()
            default: try json.skip()
            }
        }
        self.init(
            devices: devices, memory: memory, cpu: cpu, pids: pids, blockIO: blockIO, hugepageLimits: hugepageLimits,
            network: network, rdma: rdma, unified: unified)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("devices", devices)
            json.member("memory", memory)
            json.member("cpu", cpu)
            json.member("pids", pids)
            json.member("blockIO", blockIO)
            json.member("hugepageLimits", hugepageLimits)
            json.member("network", network)
            json.member("rdma", rdma)
            json.member("unified", unified)
        }
    }
}
