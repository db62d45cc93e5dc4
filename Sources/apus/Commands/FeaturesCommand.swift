import Base
import OCI
import Runtime

/// `apus features`
struct FeaturesCommand: Equatable {
    /// Prints what the runtime can do; nothing is asked of the host, so nothing can fail.
    func perform() { Output.result.write(Features.ofRuntime.json(.spaces(4)) + "\n") }
}

extension FeaturesCommand {
    /// What the help says, and what the reader takes.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print what this runtime can do, as JSON",
            description: "The form is that of the OCI runtime specification, features.md.")
    }
}
