import Base
import Linux

/// Overwrites the runtime's arguments and environment, which tell about our caller, before any process in the container
/// can see this one. Otherwise every process that sees this one could read the arguments in /proc/PID/cmdline.
struct ForgetCaller: InsideWork, ProcessWork {
    static var word: StaticString { "forget-caller" }

    var summary: String { "overwrite the runtime's arguments and environment" }

    func perform() { ThisProcess.forgetArguments(as: "apus init") }
}
