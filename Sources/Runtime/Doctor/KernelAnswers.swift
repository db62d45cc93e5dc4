import Base
import CShim
import Linux

/// What the kernel answers to the calls that apus makes.
struct KernelAnswers: Equatable {
    /// The whole release, as uname(2) gives it.
    var release = ""
    var version = KernelVersion.oldest
    var openat2 = Answer.works
    var mountAPI = Answer.works
    var clone3 = Answer.works
    var pidfd = Answer.works
    var seccomp = Answer.works
    var seccompNotify = Answer.works
    /// The version of Landlock; nil if the kernel has none, or it is switched off.
    var landlock: Int?

    static func probe() throws(Failure) -> KernelAnswers {
        var answers = KernelAnswers()
        answers.version = try KernelVersion.running()
        answers.release = HostFile.line("/proc/sys/kernel/osrelease") ?? answers.version.text
        answers.openat2 = Probe.ask { () throws(Failure) in
            _ = try open("/", [.path, .directory]).openat2("proc", .path, resolve: [.beneath, .noLinks])
        }
        answers.clone3 = Probe.ask(probeClone3)
        answers.pidfd = Probe.ask(probePidfd)
        answers.seccomp = Probe.ask(SeccompKernel.requireActions)
        answers.seccompNotify = Probe.ask(SeccompKernel.requireNotify)
        answers.mountAPI = MountProbe.api()
        let landlock = shim_landlock_version()
        answers.landlock = landlock > 0 ? Int(landlock) : nil
        return answers
    }

    /// The call itself: ``clone(_:into:asSibling:_:)`` would go back to clone(2).
    private static func probeClone3() throws(Failure) {
        var pidfd: CInt = -1
        let pid = try check(shim_clone3(0, SIGCHLD, -1, &pidfd), "clone3", "start a process")
        if pid == 0 { ThisProcess.exit(0) }
        _ = try PidDescriptor(owning: pidfd).wait()
    }

    /// Opens a pidfd, sends a signal by it, and waits by it.
    private static func probePidfd() throws(Failure) {
        try PidDescriptor(pid: ThisProcess.pid).send(signal: 0)
        switch try clone([]) {
        case .child: ThisProcess.exit(0)
        case .parent(_, let child): _ = try child.wait()
        }
    }

    /// The lines about it.
    var findings: [Finding] {
        let isNew = version >= .oldest
        let newer = "a kernel of Linux \(KernelVersion.oldest.text) or newer"
        return [
            Finding(
                "kernel", isNew ? .has : .lacks, isNew ? release : "\(release) is too old", for: "everything",
                remedy: newer),
            .init(
                "openat2", openat2, for: "paths inside a root filesystem that must not lead out of it", remedy: newer),
            .init(
                "mount API", mountAPI,
                for: "mounts that are made by descriptor (fsopen, fsmount, open_tree, "
                    + "move_mount, mount_setattr)", remedy: newer),
            .init("clone3", clone3, for: "init in its namespaces", remedy: newer),
            .init("pidfd", pidfd, for: "signals and waits that never hit another process", remedy: newer),
            .init(
                "seccomp", seccomp, for: "linux.seccomp, which Docker, Podman and Kubernetes give every container",
                remedy: "a kernel with CONFIG_SECCOMP_FILTER"),
            .init(
                "seccomp notify", seccompNotify, for: "SCMP_ACT_NOTIFY, an agent that decides on system calls",
                remedy: "a kernel with CONFIG_SECCOMP_FILTER"),
            Finding(
                "Landlock", landlock == nil ? .lacks : .has, landlock.map { "ABI \($0)" } ?? "",
                for: "programs that confine themselves; apus does without",
                remedy: "a kernel with CONFIG_SECURITY_LANDLOCK, and landlock in lsm= of its command line"),
        ]
    }
}

extension Finding {
    /// Makes the finding for something that was tried. If it was refused by a right, it is `limited`: another caller
    /// may have it.
    init(_ what: String, _ answer: Answer, _ found: String = "", for purpose: String, remedy: String) {
        guard !answer.isYes else {
            self.init(what, .has, found, for: purpose)
            return
        }
        let reason = found.isEmpty ? answer.reason : "\(found): \(answer.reason)"
        self.init(what, answer.isForbidden ? .limited : .lacks, reason, for: purpose, remedy: answer.hint ?? remedy)
    }
}

/// What the kernel's seccomp(2) offers.
enum SeccompKernel {
    /// - Throws: ``Failure`` of `seccomp`: EOPNOTSUPP for an action that the kernel does not have, EINVAL or ENOSYS
    ///   without seccomp.
    static func requireActions() throws(Failure) {
        let actions: [(UInt32, String)] = [
            (UInt32(SECCOMP_RET_KILL_PROCESS), "kill a process"), (UInt32(SECCOMP_RET_TRAP), "trap"),
            (UInt32(SECCOMP_RET_ERRNO), "answer an errno"), (UInt32(SECCOMP_RET_TRACE), "trace"),
            (UInt32(SECCOMP_RET_LOG), "log"), (UInt32(SECCOMP_RET_ALLOW), "allow"),
        ]
        for (number, name) in actions { try require(number, name) }
    }

    /// - Throws: ``Failure`` of `seccomp` if no process can listen.
    static func requireNotify() throws(Failure) {
        try require(UInt32(SECCOMP_RET_USER_NOTIF), "notify")
        // struct seccomp_notif_sizes: three numbers of 16 bits
        var sizes: UInt64 = 0
        try check(shim_seccomp(UInt32(SECCOMP_GET_NOTIF_SIZES), 0, &sizes), "seccomp", "ask for the sizes of messages")
    }

    private static func require(_ action: UInt32, _ name: String) throws(Failure) {
        var action = action
        try check(shim_seccomp(UInt32(SECCOMP_GET_ACTION_AVAIL), 0, &action), "seccomp", "look for the action: \(name)")
    }
}
