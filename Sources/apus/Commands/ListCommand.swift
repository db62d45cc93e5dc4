import Base
import Linux
import OCI
import Runtime

/// `apus list [--format table|json] [--quiet]`
struct ListCommand: Equatable {
    var format = "table"
    var quiet = false

    func perform(in globals: Globals) throws(Failure) {
        // First of all: what the listing itself has to say is for a command that succeeds.
        _ = try text([])
        let options = try globals.runtimeOptions()
        var containers = try Runtime.list(in: options)
        // A default root that nobody has used yet is empty; one that was named must be there.
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

    /// What is printed of `containers`.
    ///
    /// - Throws: ``Failure`` for another format, in runc's words.
    func text(_ containers: [State]) throws(Failure) -> String {
        if quiet { return containers.reduce(into: "") { $0 += $1.id + "\n" } }
        switch format {
        case "table": return Self.table(containers)
        // An empty list is an array too: runc prints `null`, which readers that decode an array refuse.
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
    /// What the help says, and what the reader takes.
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
