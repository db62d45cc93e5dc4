import Base
import Linux

/// What is left to do right before execve(2): nothing of the runtime's own is called under the filter but capset(2), and that
/// only without noNewPrivileges, and execve.
struct Confinement: Equatable {
    var loadsFilter = false
    /// The program's capabilities, if CAP_SYS_ADMIN was kept until the filter is loaded.
    var grant: CapabilityGrant?

    /// `load the seccomp filter, give up CAP_SYS_ADMIN, `; nothing if nothing is left.
    var summary: String {
        (loadsFilter ? "load the seccomp filter, " : "") + (grant == nil ? "" : "give up CAP_SYS_ADMIN, ")
    }

    /// The same for a hook that runs as the program will.
    ///
    /// - Parameter filter: The container's.
    func ofSpawn(_ filter: SeccompFilter?) -> Spawn.Confinement {
        Spawn.Confinement(filter: loadsFilter ? filter : nil, capabilities: grant?.sets)
    }
}
