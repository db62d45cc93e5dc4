import Base
import Linux

/// Takes the seccomp filter from the cache, or compiles it on the host and adds it to the cache. init is a clone of the
/// host process, so it has the filter in its copy of the memory.
struct CompileSeccomp: HostWork {
    static var word: StaticString { "compile-seccomp" }

    var profile: SeccompProfile
    var kernel: KernelVersion

    var summary: String { "take from the cache, or compile, the \(profile.summary)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        if !profile.idleFlags.isEmpty {
            session.notes.append("these seccomp flags change nothing: \(profile.idleFlags.joined(separator: ", "))")
        }
        let key = SeccompCacheKey(profile, kernel: kernel)
        do throws(Failure) {
            // The cache does not record which names were unknown, so this profile has to be compiled again.
            if !profile.failsOnUnknownCalls, let entry = try SeccompCache.find(key, in: session.folder.store) {
                session.filter = SeccompFilter(instructions: entry.instructions, flags: profile.flags)
                session.notes += ["the seccomp filter comes from the cache", entry.note]
                return
            }
        } catch {
            session.notes.append(error.line)
        }
        let compiled = try profile.compile()
        if profile.failsOnUnknownCalls, let name = compiled.unknownNames.first {
            throw Failure(
                "seccomp: unknown system call \(name)", pointer: "/linux/seccomp/syscalls",
                hint: "the annotation \(SeccompProfile.failOnUnknown) makes that a failure", code: .unknownSystemCall)
        }
        session.filter = compiled.filter
        session.notes += ["the seccomp filter was compiled", compiled.note]
        let entry = SeccompCacheEntry(
            key: key, note: compiled.note, instructions: compiled.filter.instructions)
        do throws(Failure) { try SeccompCache.keep(entry, in: session.folder.store) } catch {
            session.notes.append(error.line)
        }
    }
}

/// Loads a filter that has a listener.
struct LoadSeccomp: InsideWork {
    static var word: StaticString { "load-seccomp" }

    var summary: String { "load the seccomp filter, with a listener" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        if let filter = session.filter { session.listener = try filter.load() }
    }
}

/// What is left to do right before execve(2). Once the filter is loaded, the runtime calls only capset(2), if there is
/// a ``grant``, and then execve(2). It calls others only to report a failure.
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
