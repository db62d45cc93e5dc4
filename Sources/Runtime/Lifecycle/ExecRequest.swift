import Base
import Linux
import OCI

/// One process to add to a container: everything that its script depends on, beside the host.
struct ExecRequest {
    /// The container, as it is on record.
    let record: StateFile
    /// The kinds of namespace that the container has, and that we are not in.
    let namespaces: NamespaceFlags
    let process: ExecProcess
    /// Of the container's `linux` what concerns a process.
    let linux: LinuxConfig
    /// `--cgroup`.
    var cgroups: [String] = []
    /// `--pid-file`, absolute.
    var pidFile: String?
    /// `--detach`.
    var detach = false
    /// Who gets the terminal that the process may have.
    var terminal = TerminalReceiver.runtime
    /// What the caller opened for the program.
    var kept = KeptDescriptors.none
    /// `--pidfd-socket`
    var pidfdSocket: PidfdSocket?
    /// `--rootless`; nil for `auto`.
    var rootless: Bool?
}
