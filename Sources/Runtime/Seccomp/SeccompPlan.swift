import Base
import Linux
import OCI

/// When the seccomp filter is compiled and loaded, decided from `linux.seccomp`.
struct SeccompPlan {
    /// The profile; nil if there is no filter.
    let profile: SeccompProfile?
    /// The host's steps before there is a process.
    let compile: [Placed<HostStep>]
    /// The steps of a filter that has a listener. It is loaded during `create`, while the host waits and hands the
    /// listener over; `start` does not do that. Other filters are loaded right before execve(2) (``Execute``).
    ///
    /// Init announces that it will load the filter, loads it, and then only waits for the word `handed`. If the filter
    /// holds up even that call, the host still finds the listener among init's descriptors.
    let listen: [Line]

    /// - Parameter grant: The program's capabilities, if init kept CAP_SYS_ADMIN until the filter is loaded.
    init(
        _ profile: SeccompProfile?, grant: Placed<InsideStep>?, on host: HostFacts, _ refuse: Refuse
    ) throws(Failure) {
        self.profile = profile
        compile = try Self.compiling(profile, host, refuse)
        listen = Self.listening(profile, grant)
    }

    @Steps<HostStep>
    private static func compiling(
        _ profile: SeccompProfile?, _ facts: HostFacts, _ refuse: Refuse
    ) throws(Failure) -> [Placed<HostStep>] {
        if let profile, try isPossible(profile, facts, refuse) {
            host(.compileSeccomp(CompileSeccomp(profile: profile, kernel: facts.kernel)), "/linux/seccomp")
            if let listener = profile.listener {
                host(.connectAgent(ConnectAgent(path: listener.path)), listener.pointer)
            }
        }
    }

    @Lines
    private static func listening(_ profile: SeccompProfile?, _ grant: Placed<InsideStep>?) -> [Line] {
        if let listener = profile?.listener {
            sync(.loading, from: .inside)
            inside(.loadSeccomp(LoadSeccomp()), "/linux/seccomp")
            host(.handOverListener(HandOverListener(listener: listener)), listener.pointer)
            sync(.handed, from: .host)
            inside(.closeListener(CloseListener()))
            grant
        }
    }

    /// Whether this kernel has the flags of the profile. config-linux.md names the flag;
    /// Documentation/userspace-api/seccomp_filter.rst says since when it exists.
    private static func isPossible(
        _ profile: SeccompProfile, _ host: HostFacts, _ refuse: Refuse
    ) throws(Failure) -> Bool {
        let waitKillable = KernelVersion(major: 5, minor: 19)
        if !profile.flags.contains(.waitKillable) || host.kernel >= waitKillable { return true }
        try refuse(
            Failure(
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs Linux \(waitKillable.text), "
                    + "this is \(host.kernel.text)", pointer: "/linux/seccomp/flags", code: .kernelTooOld))
        return false
    }
}
