import Base
import Linux
import OCI
import Runtime

/// `apus list [--format table|json] [--quiet]`
struct ListCommand: Equatable {
    var format = "table"
    var quiet = false

    func perform(in globals: Globals) throws(Failure) {
        // Check the format first: only a command that succeeds may write warnings about the list.
        _ = try text([])
        let options = try globals.runtimeOptions()
        var containers = try Runtime.list(in: options)
        // The default root may not exist yet, which means an empty list. A root from `--root` must exist.
        if containers == nil, globals.root != nil { throw Failure("open \(options.root)", "open", .ENOENT) }
        if containers?.isEmpty == false {
            let owner = Owner.ofHost()
            containers = containers?.map { container in
                var container = container
                container.owner = container.owner.map(owner.word)
                return container
            }
        }
        Output.result.write(try text(containers ?? []))
    }

    /// Returns the output for `containers`.
    ///
    /// - Throws: ``Failure`` for an unknown format, in runc's words.
    func text(_ containers: [State]) throws(Failure) -> String {
        if quiet { return containers.reduce(into: "") { $0 += $1.id + "\n" } }
        switch format {
        case "table": return Self.table(containers)
        // Print an empty array for an empty list. runc prints `null`, which readers that decode an array refuse.
        case "json": return containers.map(State.Report.init).json(.compact) + "\n"
        default: throw Failure("invalid format option", code: .usage)
        }
    }

    private static func table(_ containers: [State]) -> String {
        var rows = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"]]
        for container in containers {
            rows.append([
                container.id, "\(container.pid ?? 0)", container.status.word, container.bundle, container.created ?? "",
                container.owner ?? "",
            ])
        }
        return TextTable.text(rows)
    }
}

extension ListCommand {
    init(_ words: OptionReader) {
        format = words.text(.format) ?? format
        quiet = words.flag(.quiet)
    }
}

extension ListCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "list the containers below the root",
            options: [
                Option(.format, "f", .text, "FORMAT", "'table' or 'json' (default: table)"),
                Option(.quiet, "q", .flag, "", "print only the ids"),
            ],
            description: "Lists the containers whose state is kept in the directory of the global option --root.")
    }
}
