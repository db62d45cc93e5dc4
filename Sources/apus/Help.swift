import Base
import Runtime

/// The help, written from the command table in the form that callers know from runc.
enum Help {
    /// The help of the whole program.
    static var program: String {
        var text = """
            NAME:
               apus - runs containers as the Open Container Initiative specifies them

            USAGE:
               apus [global options] command [command options] [arguments...]

            VERSION:
               \(Version.apus)

            COMMANDS:

            """
        text += columns(Verb.allCases.map { ($0 == .help ? "help, h" : $0.rawValue, CommandTable.entry($0).summary) })
        text += "\nGLOBAL OPTIONS:\n" + optionColumns(CommandTable.globals)
        return text
    }

    /// The help of one command.
    static func command(_ verb: Verb) -> String {
        let entry = CommandTable.entry(verb)
        let operands = entry.operands.isEmpty ? "" : " \(entry.operands)"
        var text = "NAME:\n   apus \(verb.rawValue) - \(entry.summary)\n\n"
        text += "USAGE:\n   apus \(verb.rawValue) [command options]\(operands)\n\n"
        text += "DESCRIPTION:\n"
        for line in entry.description.split(separator: "\n") { text += "   \(line)\n" }
        text += "\nOPTIONS:\n" + optionColumns(CommandTable.options(of: verb))
        return text
    }

    private static func optionColumns(_ options: [Option]) -> String {
        columns(
            options.filter { !$0.isHidden }.map { option in
                let value = option.placeholder.isEmpty ? "" : " \(option.placeholder)"
                let letter = option.letter.isEmpty ? "" : ", -\(option.letter)\(value)"
                let again = option.isRepeatable ? "; may be given more than once" : ""
                return ("--\(option.name.rawValue)\(value)\(letter)", option.help + again)
            })
    }

    /// Lays out two columns. The second begins after the longest text in the first.
    private static func columns(_ rows: [(String, String)]) -> String {
        let width = rows.reduce(0) { max($0, $1.0.utf8.count) } + 2
        var text = ""
        for (name, meaning) in rows {
            text += "   \(name)" + String(repeating: " ", count: width - name.utf8.count) + meaning + "\n"
        }
        return text
    }
}

/// The output of `--version`, in runc's form. Docker, containerd and nerdctl read it line by line.
enum VersionBlock {
    /// The text, for the name that the program was called by.
    static var text: String { text(isRunc: ProgramName.isRunc) }

    /// The text. Every line has its line end.
    ///
    /// - Parameter isRunc: Whether the caller takes us for runc. go-runc reads only a first line that begins with
    ///   `runc version `, and nerdctl only one of three words, of which the first is `runc`. The version stays ours:
    ///   what follows the `+` says so to a reader, and to a tool that compares versions (Semantic Versioning, "build
    ///   metadata").
    static func text(isRunc: Bool) -> String {
        var text = isRunc ? "runc version \(Version.apus)+apus\n" : "apus version \(Version.apus)\n"
        if let commit = Version.commit { text += "commit: \(commit)\n" }
        text += "spec: \(Version.specification)\n"
        text += "swift: \(Version.swift)\n"
        text += "libseccomp: \(seccompLibraryVersion)\n"
        return text
    }
}
