import Base
import OCI
import Runtime

/// `apus events [--interval DURATION] [--stats] ID`
struct EventsCommand: Equatable {
    var id: String
    /// Nanoseconds.
    var interval: Int64 = 5_000_000_000
    var stats = false

    /// Prints one line of JSON per event, until the container ends or nobody reads the output any more.
    func perform(in globals: Globals) throws(Failure) {
        let options = try globals.runtimeOptions()
        guard interval > 0 else { throw Failure("duration interval must be greater than 0", code: .usage) }
        guard !stats else { return _ = Self.tell(try Runtime.statistics(id: id, in: options)) }
        try Runtime.events(id: id, every: interval, in: options, tell: Self.tell)
    }

    private static func tell(_ event: Event) -> Bool { Output.result.write(event.json(.compact) + "\n") }
}

extension EventsCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", stats: reader.flag(.stats))
        if case .duration(let interval) = reader.value(.interval) { self.interval = interval }
    }
}

extension EventsCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "tell what a container uses, and when its memory runs out",
            operands: CommandTable.containerID, count: .exactly(1),
            options: [
                Option(.interval, "", .duration, "TIME", "how often, such as 500ms or 1m30s (default: 5s)"),
                Option(.stats, "", .flag, "", "tell what it uses now, once"),
            ],
            description: """
                Prints one line of JSON for each event: 'stats' at every interval, and 'oom' when the kernel
                has ended processes because of the container's memory limit. Ends with the container.
                """)
    }
}
