import Base
import Linux

/// Loads a filter that has a listener.
struct LoadSeccomp: InsideWork {
    static var word: StaticString { "load-seccomp" }

    var summary: String { "load the seccomp filter, with a listener" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        if let filter = session.filter { session.listener = try filter.load() }
    }
}

/// What is left to do right before execve(2). Once the filter is loaded, the runtime itself calls only execve, and
/// before it capset(2) if noNewPrivileges is not set.
struct Confinement: Equatable {
    var loadsFilter = false
    /// The program's capabilities, if init kept CAP_SYS_ADMIN until the filter is loaded.
    var grant: CapabilityGrant?

    /// The text `load the seccomp filter, give up CAP_SYS_ADMIN, `; empty if nothing is left.
    var summary: String {
        (loadsFilter ? "load the seccomp filter, " : "") + (grant == nil ? "" : "give up CAP_SYS_ADMIN, ")
    }

    /// Converts this for a hook that runs as the program will.
    ///
    /// - Parameter filter: The container's filter.
    func ofSpawn(_ filter: SeccompFilter?) -> Spawn.Confinement {
        Spawn.Confinement(filter: loadsFilter ? filter : nil, capabilities: grant?.sets)
    }
}
