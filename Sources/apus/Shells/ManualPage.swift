import Base

/// Manual pages in the macros of man(7), written from the command table.
enum ManualPage {
    /// apus(8)
    static var program: String {
        var text = begin("apus", "runs containers as the Open Container Initiative specifies them")
        text +=
            ".SH SYNOPSIS\n.B apus\n[\\fIglobal options\\fR] \\fIcommand\\fR [\\fIcommand options\\fR]"
            + " [\\fIarguments\\fR...]\n"
        text += """
            .SH DESCRIPTION
            .B apus
            makes a container from a bundle: a directory with a file \\fIconfig.json\\fR, which says what to run and how, and a
            root filesystem. It is called by people, and by engines such as containerd, Podman and CRI\\-O.
            .SH COMMANDS

            """
        for verb in Verb.allCases {
            text += ".TP\n.BR apus\\-\(roff(verb.rawValue)) (8)\n\(roff(CommandTable.entry(verb).summary))\n"
        }
        text += ".SH GLOBAL OPTIONS\n" + list(CommandTable.globals)
        text +=
            exitStatus + """
                .SH FILES
                .TP
                .I /run/apus
                a folder for each container, unless \\fB\\-\\-root\\fR or, for users who are not root, \\fB$XDG_RUNTIME_DIR\\fR says
                otherwise

                """
        return text + seeAlso(Verb.allCases.map { "apus\\-\($0.rawValue)" })
    }

    /// apus-COMMAND(8)
    static func command(_ verb: Verb) -> String {
        let entry = CommandTable.entry(verb)
        var text = begin("apus-\(verb.rawValue)", entry.summary)
        text += ".SH SYNOPSIS\n.B apus\n[\\fIglobal options\\fR] \\fB\(roff(verb.rawValue))\\fR [\\fIoptions\\fR]"
        text += entry.operands.isEmpty ? "\n" : " \\fI\(roff(entry.operands))\\fR\n"
        text += ".SH DESCRIPTION\n"
        for line in entry.description.split(separator: "\n") { text += roff(String(line)) + "\n" }
        return text + ".SH OPTIONS\n" + list(CommandTable.options(of: verb)) + exitStatus + seeAlso(["apus"])
    }

    private static func begin(_ name: String, _ summary: String) -> String {
        ".TH \(roff(name.uppercased())) 8 \"\" \"apus \(Version.apus)\" \"apus\"\n"
            + ".SH NAME\n\(roff(name)) \\- \(roff(summary))\n"
    }

    private static func list(_ options: [Option]) -> String {
        var text = ""
        for option in options where !option.isHidden {
            let value = option.placeholder.isEmpty ? "" : " \\fI\(roff(option.placeholder))\\fR"
            let names = option.spellings.map { "\\fB\(roff($0))\\fR\(value)" }.joined(separator: ", ")
            text += ".TP\n\(names)\n\(roff(option.help))\(option.isRepeatable ? "; may be given more than once" : "")\n"
        }
        return text
    }

    private static let exitStatus = """
        .SH EXIT STATUS
        0 if all is done; of \\fBrun\\fR and \\fBexec\\fR that of the program, or 128 plus the number of the signal that ended it. 1
        for a failure of the runtime's own, 255 in \\fBexec\\fR.

        """

    private static func seeAlso(_ pages: [String]) -> String {
        // The comma must follow the word without a space.
        ".SH SEE ALSO\n" + pages.map { ".BR \($0) (8)" }.joined(separator: " ,\n") + "\n"
    }

    /// Escapes what roff would interpret in `text`.
    static func roff(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        // At the beginning of a line, roff takes either of these for a request.
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }
}
