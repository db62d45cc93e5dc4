import Base
import Linux
import OCI

/// When the seccomp filter is made and loaded.
extension ProcessPlanning {
    /// What the host does for it before there is a process.
    mutating func planFilter() throws(Failure) {
        guard let seccomp else { return }
        // config-linux.md names the flag; Documentation/userspace-api/seccomp_filter.rst says since when it is there.
        let waitKillable = KernelVersion(major: 5, minor: 19)
        guard !seccomp.flags.contains(.waitKillable) || host.kernel >= waitKillable else {
            return try refusals.add(
                Failure(
                    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs Linux \(waitKillable.text), "
                        + "this is \(host.kernel.text)", pointer: "/linux/seccomp/flags", code: .kernelTooOld))
        }
        prepare(.compileSeccomp(CompileSeccomp(profile: seccomp, kernel: host.kernel)), "/linux/seccomp")
        guard let listener = seccomp.listener else { return }
        prepare(.connectAgent(ConnectAgent(path: listener.path)), listener.pointer)
    }

    /// Loads a filter that has a listener while the host waits, which hands the listener over; `start` does not. Other filters are
    /// loaded right before execve(2) (``Execute``).
    ///
    /// Init tells that it is about to, and then makes no call until the host has found the listener among init's descriptors:
    /// whatever call it made could be one that waits for the agent's answer.
    mutating func planListening() {
        guard let listener = seccomp?.listener else { return }
        sync(.loading, from: .inside)
        inside(.loadSeccomp(LoadSeccomp()), "/linux/seccomp")
        host(.handOverListener(HandOverListener(listener: listener)), listener.pointer)
        sync(.handed, from: .host)
        inside(.closeListener(CloseListener()))
        if keepsAdministration { inside(.grantCapabilities(capabilities.grant), place("capabilities")) }
    }
}
