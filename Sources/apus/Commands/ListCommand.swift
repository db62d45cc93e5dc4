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
    init(_ reader: OptionReader) {
        format = reader.text(.format) ?? format
        quiet = reader.flag(.quiet)
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

/// A table in the layout of Go's text/tabwriter with a minimum width of 12 and a padding of 3, as runc uses it. Each
/// column but the last is 3 wider than its widest cell, and at least 12 wide.
enum TextTable {
    /// Returns one line per row. All rows have as many cells as the first.
    static func text(_ rows: [[String]]) -> String {
        // The path of a bundle may contain a line end.
        let rows = rows.map { $0.map { escaped($0) } }
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(12) }
                widths[column] = max(widths[column], cell.unicodeScalars.count + 3)
            }
        }
        var text = ""
        for row in rows {
            for (column, cell) in row.enumerated() {
                text += cell
                if column < row.count - 1 {
                    text += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
                }
            }
            text += "\n"
        }
        return text
    }
}

/// The name of a container's owner, from the host's /etc/passwd.
struct Owner {
    private let passwd: [UInt8]

    /// Looks names up in `passwd`, a text in the form of passwd(5).
    init(passwd: [UInt8]) { self.passwd = passwd }

    /// Looks names up in the host's /etc/passwd. If the file cannot be read, no user has a name.
    static func ofHost() -> Owner {
        do {
            let file = try open("/etc/passwd", .readOnly)
            return Owner(passwd: try file.readAll(limit: 16 << 20, "/etc/passwd"))
        } catch { return Owner(passwd: []) }
    }

    /// Returns the name of the user `uid`, a decimal number; `#uid` if the user has no name, as runc writes it.
    func word(_ uid: String) -> String {
        for line in passwd.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count == 4, !fields[0].isEmpty, fields[2].elementsEqual(uid.utf8) {
                return String(decoding: fields[0], as: UTF8.self)
            }
        }
        return "#\(uid)"
    }
}
