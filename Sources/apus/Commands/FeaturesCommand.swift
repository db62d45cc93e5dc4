import Base
import OCI
import Runtime

/// `apus features`
struct FeaturesCommand: Equatable {
    /// Prints what the runtime can do. It asks the host nothing, so it cannot fail.
    func perform() { Output.result.write(Features.ofRuntime.json(.spaces(4)) + "\n") }
}

extension FeaturesCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print what this runtime can do, as JSON",
            description: "The form is that of the OCI runtime specification, features.md.")
    }
}
