import Base
import Linux
import OCI
import Runtime

/// `apus update [options] ID`
struct UpdateCommand: Equatable {
    var id: String
    /// `--resources`: a file, or `-` for standard input. The other limits then have no effect.
    var file: String?
    /// The other limits, as the caller wrote them.
    var limits: [OptionName: String] = [:]

    func perform(in globals: Globals) throws(Failure) {
        let options = try globals.runtimeOptions()
        let schemata = IntelRdt {
            $0.l3CacheSchema = word(.l3CacheSchema)
            $0.memBwSchema = word(.memBwSchema)
        }
        try Runtime.update(id: id, try resources(), schemata: schemata, in: options)
        // Warn only now: a command that fails writes only the line about its failure.
        for name in [OptionName.kernelMemory, .kernelMemoryTCP] where file == nil && limits[name] != nil {
            options.warn(Failure("Setting --\(name.rawValue) is ignored and will be removed", code: .noEffect))
        }
    }

    /// Reads the new limits from the file or the options.
    func resources() throws(Failure) -> Resources {
        guard let file else { return try resourcesOfOptions() }
        let bytes = try Self.read(file)
        do throws(Failure) { return try Resources(json: bytes) } catch {
            var error = error.pointer == nil ? error.during(file == "-" ? "the standard input" : file) : error
            error.pointer = error.pointer.map { "/linux/resources\($0)" }
            throw error
        }
    }

    private static func read(_ file: String) throws(Failure) -> [UInt8] {
        // The limit of a config.json.
        let limit = 16 << 20
        guard file != "-" else { return try duplicate(standard: 0).readAll(limit: limit, "the standard input") }
        return try open(file, [.readOnly, .noControllingTerminal]).readAll(limit: limit, file)
    }

    private func resourcesOfOptions() throws(Failure) -> Resources {
        var resources = Resources.empty
        var memory = MemoryResources.empty
        memory.limit = try size(.memory)
        memory.reservation = try size(.memoryReservation)
        memory.swap = try size(.memorySwap)
        if memory != .empty { resources.memory = memory }
        var cpu = CPUResources.empty
        cpu.shares = try number(.cpuShare)
        cpu.quota = try number(.cpuQuota)
        cpu.burst = try number(.cpuBurst)
        cpu.period = try number(.cpuPeriod)
        cpu.realtimeRuntime = try number(.cpuRealtimeRuntime)
        cpu.realtimePeriod = try number(.cpuRealtimePeriod)
        cpu.cpus = word(.cpusetCPUs)
        cpu.mems = word(.cpusetMems)
        cpu.idle = try number(.cpuIdle)
        if cpu != .empty { resources.cpu = cpu }
        if let limit: Int64 = try number(.pidsLimit) { resources.pids = PidsResources { $0.limit = limit } }
        if let weight: UInt16 = try number(.blkioWeight) { resources.blockIO = BlockIOResources { $0.weight = weight } }
        return resources
    }

    /// Returns the text of an option. An empty text counts as absent, as in runc.
    private func word(_ name: OptionName) -> String? { limits[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func number<Number: FixedWidthInteger>(_ name: OptionName) throws(Failure) -> Number? {
        guard let word = word(name) else { return nil }
        guard let number = Number(word) else { throw invalid(name, word, "a whole number") }
        return number
    }

    /// Returns a size in bytes; -1 for no limit.
    private func size(_ name: OptionName) throws(Failure) -> Int64? {
        guard let word = word(name) else { return nil }
        if word == "-1" { return -1 }
        guard let size = ByteSize.bytes(word) else { throw invalid(name, word, "bytes, with k, m or g, or -1") }
        return size
    }

    private func invalid(_ name: OptionName, _ word: String, _ hint: String) -> Failure {
        Failure("invalid value for \(name.rawValue): \(quoted(word))", hint: "it is \(hint)", code: .usage)
    }
}

extension UpdateCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", file: reader.text(.resources).flatMap { $0.isEmpty ? nil : $0 })
        for option in reader.given where option.name != .resources {
            if case .text(let text) = option.value { limits[option.name] = text }
        }
    }
}

extension UpdateCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "change the limits of a container",
            operands: CommandTable.containerID, count: .exactly(1),
            options: [
                Option(.resources, "r", .text, "FILE", "read 'linux.resources' from FILE, or from stdin if it is -"),
                Option(.memory, "", .text, "SIZE", "memory"),
                Option(.memoryReservation, "", .text, "SIZE", "memory that is kept from being reclaimed"),
                Option(.memorySwap, "", .text, "SIZE", "memory and swap together"),
                Option(.cpuShare, "", .text, "N", "the relative weight: 2 to 262144, 1024 is ordinary"),
                Option(.cpuQuota, "", .text, "N", "microseconds in each period; -1 for no limit"),
                Option(.cpuPeriod, "", .text, "N", "a period's length in microseconds"),
                Option(.cpuBurst, "", .text, "N", "microseconds of unused quota that may be saved up"),
                Option(.cpuIdle, "", .text, "N", "1 to run only where nobody else wants to, 0 as usual"),
                Option(.cpuRealtimePeriod, "", .text, "N", "of cgroup v1 only"),
                Option(.cpuRealtimeRuntime, "", .text, "N", "of cgroup v1 only"),
                Option(.cpusetCPUs, "", .text, "LIST", "the processors, such as 0-3,7"),
                Option(.cpusetMems, "", .text, "LIST", "the memory nodes"),
                Option(.pidsLimit, "", .text, "N", "how many tasks; -1 for no limit"),
                Option(.blkioWeight, "", .text, "N", "the relative weight at block devices: 10 to 1000"),
                Option(.l3CacheSchema, "", .text, "TEXT", "the line for the L3 cache, with linux.intelRdt"),
                Option(.memBwSchema, "", .text, "TEXT", "the line for memory bandwidth, with linux.intelRdt"),
                Option(.kernelMemory, "", .text, "SIZE", "of cgroup v1 only", isHidden: true),
                Option(.kernelMemoryTCP, "", .text, "SIZE", "of cgroup v1 only", isHidden: true),
            ],
            description: """
                What is not named stays as it is. A size is a number of bytes, also with k, m, g, t or p, in
                powers of 1024; -1 is no limit. With --resources the other options count for nothing. If a
                value is refused, all stay as they were.
                """)
    }
}
