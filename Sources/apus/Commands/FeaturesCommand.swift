import Base
import OCI
import Runtime

/// `apus features`
struct FeaturesCommand: Equatable {
    /// Prints what the runtime can do; nothing is asked of the host, so nothing can fail.
    func perform() { Output.result.write(Features.ofRuntime.json(.spaces(4)) + "\n") }
}
