// The commands on a container that is there, by its cgroup.
extension CommandTable {
    static var pause: CommandEntry {
        CommandEntry(
            summary: "stop all processes of a container where they are",
            operands: containerID, count: .exactly(1),
            description: """
                Freezes the container's cgroup, and returns when all of its processes stand still. They can
                be killed, and go on with 'apus resume'.
                """)
    }

    static var resume: CommandEntry {
        CommandEntry(
            summary: "let a paused container go on",
            operands: containerID, count: .exactly(1),
            description: "Thaws the cgroup of a container that 'apus pause' stopped.")
    }

    static var ps: CommandEntry {
        CommandEntry(
            summary: "list the processes of a container",
            operands: "\(containerID) [ps options]", count: .atLeast(1), stopsAtFirstOperand: true,
            options: [Option(.format, "f", .text, "FORMAT", "'table' or 'json' (default: table)")],
            description: """
                'json' is an array of process ids. 'table' is what the host's ps prints of them; what follows
                the id are options for it, instead of -ef.
                """)
    }

    static var update: CommandEntry {
        CommandEntry(
            summary: "change the limits of a container",
            operands: containerID, count: .exactly(1),
            options: [
                Option(.resources, "r", .text, "FILE", "read 'linux.resources' from FILE, or from stdin where it is -"),
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
                powers of 1024; -1 is no limit. With --resources the other options count for nothing. Where a
                value is refused, all stay as they were.
                """)
    }

    static var events: CommandEntry {
        CommandEntry(
            summary: "tell what a container uses, and when its memory runs out",
            operands: containerID, count: .exactly(1),
            options: [
                Option(.interval, "", .duration, "TIME", "how often, such as 500ms or 1m30s (default: 5s)"),
                Option(.stats, "", .flag, "", "tell what it uses now, once"),
            ],
            description: """
                Prints one line of JSON for each event: 'stats' at every interval, and 'oom' when the kernel
                has ended processes because of the container's memory limit. Ends with the container.
                """)
    }

    static var mounts: CommandEntry {
        CommandEntry(
            summary: "add mounts to a container, or remove some",
            operands: "<add, remove> \(containerID) <mounts-file>", count: .exactly(3),
            description: """
                The file is JSON: an array of mounts as config.json has them, or an object with such an array
                as 'mounts'. Of one to remove only the destination counts. Sources are the host's. Where one
                cannot be added, none is.
                """)
    }
}
