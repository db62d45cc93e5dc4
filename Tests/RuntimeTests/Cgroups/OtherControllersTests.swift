import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The pids controller")
struct PidsControllerTests {
    @Test(
        "below 0 means no limit; 0 is the smallest limit that systemd accepts",
        arguments: [
            (nil, []), (-1, ["pids.max = max"]), (.min, ["pids.max = max"]), (0, ["pids.max = 1"]),
            (1, ["pids.max = 1"]), (32771, ["pids.max = 32771"]),
        ] as [(Int64?, [String])])
    func limits(limit: Int64?, expected: [String]) {
        let files = PidsController.files(PidsResources(limit: limit), at: "/pids")
        #expect(files.map(\.summary) == expected)
        #expect(files.allSatisfy { $0.pointer == "/pids/limit" })
    }
}

@Suite("The io controller")
struct IOControllerTests {
    func files(_ io: BlockIOResources) throws -> [CgroupWrite] { try IOController.files(io, at: "/blockIO") }

    @Test(
        "a weight goes to BFQ unchanged, otherwise to io.weight on a straight line",
        arguments: [(10, 1), (11, 11), (100, 910), (500, 4950), (999, 9989), (1000, 10000)] as [(UInt16, Int)])
    func weight(weight: UInt16, ioWeight: Int) throws {
        let file = try files(BlockIOResources(weight: weight)).first
        #expect(file?.summary == "io.bfq.weight = \(weight), else io.weight = \(ioWeight)")
        let device = WeightDevice(major: 8, minor: 16, weight: weight)
        let other = try files(BlockIOResources(weightDevice: [device])).first
        #expect(other?.summary == "io.bfq.weight = 8:16 \(weight), else io.weight = 8:16 \(ioWeight)")
        #expect(other?.pointer == "/blockIO/weightDevice/0/weight")
    }

    @Test("a weight of 0 is not set, and others below 10 or above 1000 are refused")
    func noWeight() throws {
        let device = WeightDevice(major: 8, minor: 0, weight: 0)
        #expect(try files(BlockIOResources(weight: 0, weightDevice: [device])) == [])
        let none = BlockIOResources(weightDevice: [WeightDevice(major: 8, minor: 0)])
        let refusal = #expect(throws: Failure.self) { try files(none) }
        #expect(refusal?.pointer == "/blockIO/weightDevice/0")
        for weight: UInt16 in [1, 9, 1001] {
            let failure = #expect(throws: Failure.self) { try files(BlockIOResources(weight: weight)) }
            #expect(failure?.pointer == "/blockIO/weight")
        }
    }

    @Test("each throttle is a separate line, and a rate of 0 removes the limit")
    func throttles() throws {
        let io = BlockIOResources(
            throttleReadBpsDevice: [ThrottleDevice(major: 8, minor: 0, rate: 600)],
            throttleWriteBpsDevice: [ThrottleDevice(major: 8, minor: 0, rate: 0)],
            throttleReadIOPSDevice: [ThrottleDevice(major: 8, minor: 16, rate: 300)],
            throttleWriteIOPSDevice: [
                ThrottleDevice(major: 8, minor: 16, rate: 1), ThrottleDevice(major: 253, minor: 0, rate: .max),
            ])
        #expect(
            try files(io).map(\.summary) == [
                "io.max = 8:0 rbps=600", "io.max = 8:0 wbps=max", "io.max = 8:16 riops=300", "io.max = 8:16 wiops=1",
                "io.max = 253:0 wiops=18446744073709551615",
            ])
        #expect(try files(io).last?.pointer == "/blockIO/throttleWriteIOPSDevice/1")
    }

    @Test("leaf weights exist only in cgroup v1, also by device")
    func leafWeights() throws {
        #expect(
            try IOController.warnings(BlockIOResources(leafWeight: 0), at: "/b").map(\.pointer) == ["/b/leafWeight"])
        #expect(throws: Failure.self) { try IOController.warnings(BlockIOResources(leafWeight: 10), at: "/b") }
        let device = WeightDevice(major: 8, minor: 0, leafWeight: 300)
        let failure = #expect(throws: Failure.self) {
            try IOController.warnings(BlockIOResources(weightDevice: [device]), at: "/b")
        }
        #expect(failure?.pointer == "/b/weightDevice/0/leafWeight")
    }
}

@Suite("The hugetlb controller")
struct HugetlbControllerTests {
    @Test("use and reservation are limited; a kernel without the second is no failure")
    func limits() throws {
        let limits = [HugepageLimit(pageSize: "2MB", limit: 209_715_200), HugepageLimit(pageSize: "64KB", limit: 0)]
        let files = try HugetlbController.files(limits, at: "/h")
        #expect(
            files.map(\.summary) == [
                "hugetlb.2MB.max = 209715200", "hugetlb.2MB.rsvd.max = 209715200, if there is one",
                "hugetlb.64KB.max = 0", "hugetlb.64KB.rsvd.max = 0, if there is one",
            ])
        #expect(files[2].pointer == "/h/1/limit")
    }

    @Test(
        "a page size becomes a file's name, so it must be one",
        arguments: [
            "", "MB", "2", "2M", "2mb", "02MB", "0KB", "2TB", "2 MB", "-2MB", "2MB ", "2MB/../../x", "../2MB",
            "2\u{0}MB",
        ])
    func pageSizes(text: String) {
        let failure = #expect(throws: Failure.self) {
            try HugetlbController.files([HugepageLimit(pageSize: text, limit: 1)], at: "/h")
        }
        #expect(failure?.pointer == "/h/0/pageSize")
    }

    @Test("sizes of all units", arguments: ["64KB", "2MB", "1GB", "16384KB", "512MB"])
    func goodPageSizes(text: String) { #expect(HugetlbController.isPageSize(text)) }
}

@Suite("The rdma controller, network, unified")
struct NamedResourcesTests {
    @Test("one line for each device, with the given limits")
    func rdma() throws {
        let devices: Entries<RdmaResources> = [
            "mlx5_1": RdmaResources(hcaHandles: 3, hcaObjects: 10000), "mlx4_0": RdmaResources(hcaObjects: 1000),
            "rxe/3~": RdmaResources(hcaHandles: 0),
        ]
        let files = try RdmaController.files(devices, at: "/rdma")
        #expect(
            files.map(\.summary) == [
                "rdma.max = mlx5_1 hca_handle=3 hca_object=10000", "rdma.max = mlx4_0 hca_object=1000",
                "rdma.max = rxe/3~ hca_handle=0",
            ])
        #expect(files.map(\.pointer) == ["/rdma/mlx5_1", "/rdma/mlx4_0", "/rdma/rxe~13~0"])
    }

    @Test("a device without a limit, and a device name of two words", arguments: ["a", "a b", "", "a\nb"])
    func rdmaRefused(name: String) {
        let limit = name == "a" ? RdmaResources() : RdmaResources(hcaHandles: 1)
        #expect(throws: Failure.self) { try RdmaController.files([name: limit], at: "/rdma") }
    }

    @Test("cgroup v2 has no network classes or priorities")
    func network() throws {
        let neutral = NetworkResources(classID: 0, priorities: [])
        #expect(try NetworkController.warnings(neutral, at: "/n").map(\.pointer) == ["/n/classID", "/n/priorities"])
        let tagged = #expect(throws: Failure.self) {
            try NetworkController.warnings(NetworkResources(classID: 1_048_577), at: "/n")
        }
        #expect(tagged?.pointer == "/n/classID")
        let priority = NetworkResources(priorities: [InterfacePriority(name: "eth0", priority: 500)])
        #expect(throws: Failure.self) { try NetworkController.warnings(priority, at: "/n") }
        #expect(try NetworkController.warnings(NetworkResources(), at: "/n") == [])
    }

    @Test("files of cgroup v2 by name, line by line, also unknown ones")
    func unified() throws {
        let unified: Entries<String> = [
            "io.max": "259:0 rbps=2097152 wiops=120\n253:0 rbps=2097152 wiops=120\n", "hugetlb.1GB.max": "1073741824",
            "news.param~x": "a b",
        ]
        let files = try UnifiedFiles.files(unified, at: "/u")
        #expect(
            files.map(\.summary) == [
                "io.max = 259:0 rbps=2097152 wiops=120", "io.max = 253:0 rbps=2097152 wiops=120",
                "hugetlb.1GB.max = 1073741824", "news.param~x = a b",
            ])
        #expect(files.last?.pointer == "/u/news.param~0x")
        #expect(files.last?.controller == "news")
    }

    @Test("an empty value writes nothing, and gives a warning")
    func emptyUnified() throws {
        #expect(try UnifiedFiles.files(["memory.swap.max": "\n"], at: "/u") == [])
        #expect(
            UnifiedFiles.warnings(["memory.swap.max": "", "pids.max": "1"], at: "/u").map(\.pointer) == [
                "/u/memory.swap.max"
            ])
    }

    @Test(
        "a name must be a file of the cgroup itself, in runc's words",
        arguments: [
            ("../x/memory.max", "unified resource \"../x/memory.max\" must be a file name (no slashes)"),
            ("memory", "unified resource \"memory\" must be in the form CONTROLLER.PARAMETER"),
            ("", "unified resource \"\" must be in the form CONTROLLER.PARAMETER"),
            ("..", "unified resource \"..\" must be in the form CONTROLLER.PARAMETER"),
            (".max", "unified resource \".max\" must be in the form CONTROLLER.PARAMETER"),
            ("memory.", "unified resource \"memory.\" must be in the form CONTROLLER.PARAMETER"),
            ("memory.max\u{0}", "unified resource \"memory.max\\u0000\" must be in the form CONTROLLER.PARAMETER"),
            ("memory.max\n", "unified resource \"memory.max\\n\" must be in the form CONTROLLER.PARAMETER"),
            ("cgroup.freeze", "unified resource \"cgroup.freeze\" would stop the container before it starts"),
            ("cgroup.procs", "unified resource \"cgroup.procs\" would move a process that is not the container's"),
        ])
    func unifiedRefused(name: String, action: String) {
        let failure = #expect(throws: Failure.self) { try UnifiedFiles.files([name: "1"], at: "/u") }
        #expect(failure?.action == action)
    }
}
