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
        prepare(.connectAgent(ConnectAgent(path: listener.path)), "/linux/seccomp/listenerPath")
    }

    /// Loads the filter in init, here and now.
    ///
    /// With a listener, init tells that it is about to, and then makes no call until the host has found the listener among
    /// init's descriptors: whatever call it made could be one that waits for the agent's answer.
    mutating func planLoading() {
        guard let seccomp else { return }
        let load = LoadSeccomp(hasListener: seccomp.listener != nil)
        guard let listener = seccomp.listener else { return inside(.loadSeccomp(load), "/linux/seccomp") }
        sync(.loading, from: .inside)
        inside(.loadSeccomp(load), "/linux/seccomp")
        host(.handOverListener(HandOverListener(listener: listener)), "/linux/seccomp/listenerPath")
        sync(.handed, from: .host)
        inside(.closeListener(CloseListener()))
    }
}
