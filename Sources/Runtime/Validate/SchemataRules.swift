import Base
import OCI

/// The lines of `linux.intelRdt` (config-linux.md, "IntelRdt"): each becomes one line of the `schemata` file of resctrl.
enum SchemataRules {
    static func check(_ intelRdt: IntelRdt?, _ refuse: Refuse) throws(Failure) {
        guard let intelRdt else { return }
        let place = "/linux/intelRdt"
        if let schema = intelRdt.memBwSchema, !Path.begins(schema, with: "MB:") || isSeveralLines(schema) {
            try refuse(
                Failure(
                    "memBwSchema must begin with MB: and be one line", pointer: "\(place)/memBwSchema",
                    code: .malformedValue))
        }
        for (index, line) in (intelRdt.schemata ?? []).enumerated() where isSeveralLines(line) {
            try refuse(
                Failure(
                    "an entry of schemata must be one line", pointer: "\(place)/schemata/\(index)",
                    code: .malformedValue))
        }
    }

    private static func isSeveralLines(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "\n")) }
}
