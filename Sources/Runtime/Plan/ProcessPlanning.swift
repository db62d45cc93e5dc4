import Base
import OCI

/// What the scripts of `create` and of `exec` have in common: a process that becomes what config.json says of it.
protocol ProcessPlanning {
    var host: HostFacts { get }
    var process: Process { get }
    /// Where the properties of the process stand.
    var place: ProcessPlace { get }
    /// Of it what concerns a process: `seccomp`, `personality`, `memoryPolicy`.
    var linux: LinuxConfig { get }
    /// Whether the process is in a user namespace other than the runtime's.
    var hasUserNamespace: Bool { get }
    /// Whether it is no failure that the kernel gives us less than to the host's root: `--rootless`.
    var isRootless: Bool { get }
    /// Those of the container.
    var annotations: Annotations? { get }
    var environment: Environment { get }
    var capabilities: CapabilityPlan { get }
    var seccomp: SeccompProfile? { get }
    /// Who gets the terminal that the process may have.
    var terminal: TerminalReceiver { get }
    /// What the caller opened for the program.
    var kept: KeptDescriptors { get }
    /// Who gets a pidfd of the process.
    var pidfdSocket: PidfdSocket? { get }
    var refusals: Refusals { get }
    var script: Script { get set }
}

extension ProcessPlanning {
    mutating func prepare(_ step: HostStep, _ pointer: String = "") {
        script.preparation.append(Placed(step, pointer))
    }

    mutating func host(_ step: HostStep, _ pointer: String = "") {
        script.joint.append(.host(Placed(step, pointer)))
    }

    mutating func inside(_ step: InsideStep, _ pointer: String = "") {
        script.joint.append(.inside(Placed(step, pointer)))
    }

    mutating func sync(_ message: Message, from side: Side) { script.joint.append(.sync(message, from: side)) }
}

/// Where the properties of a process stand, for messages.
struct ProcessPlace: Equatable {
    /// The pointer of the process as a whole: `/process` in config.json, nothing in a text of its own (`exec --process`).
    var base = "/process"
    /// The properties that come from an option of the command line, and so stand in no text.
    var fromOptions: [String] = []
    /// Those that the text of its own leaves to the container's config.json.
    var fromConfig: [String] = []

    /// The pointer of a property, "" where it stands nowhere.
    ///
    /// - Parameter rest: The place in the property, with a `/` before it.
    func callAsFunction(_ property: String, _ rest: String = "") -> String {
        if fromOptions.contains(property) { return "" }
        return "\(fromConfig.contains(property) ? "/process" : base)/\(property)\(rest)"
    }
}
