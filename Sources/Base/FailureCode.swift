import CShim

extension Failure {
    /// What is wrong, as one stable word for programs. The JSON log contains it, and `apus validate` prints it.
    ///
    /// A word never changes and never gets another meaning. New words may be added.
    public enum Code: String, CaseIterable, Sendable {
        // Problems of the text itself.
        /// The text is not JSON (RFC 8259), or is JSON that readers may understand differently.
        case invalidJSON = "invalid-json"
        /// A key appears twice in one object.
        case duplicateKey = "duplicate-key"
        /// A value has another type than the spec says.
        case wrongType = "wrong-type"
        /// A property that the spec requires is absent.
        case missingRequired = "missing-required"
        /// A key that the spec does not have.
        case unknownKey = "unknown-key"

        // Problems of a single value.
        /// A number is below or above what its property accepts.
        case outOfRange = "out-of-range"
        /// A word is not one of those that its property accepts.
        case unknownValue = "unknown-value"
        /// A text does not have the form that its property requires.
        case malformedValue = "malformed-value"
        /// A text or a list is empty but must not be.
        case emptyValue = "empty-value"
        /// A text for the kernel contains a NUL, at which the kernel would end it.
        case nulCharacter = "nul-character"
        /// A path does not begin with a slash.
        case relativePath = "relative-path"
        /// The version of the specification is not one that this runtime knows.
        case unsupportedVersion = "unsupported-version"

        // Problems of values together.
        /// A namespace type appears twice.
        case duplicateNamespace = "duplicate-namespace"
        /// A resource limit appears twice.
        case duplicateRlimit = "duplicate-rlimit"
        /// A device, or the path of a device, appears twice.
        case duplicateDevice = "duplicate-device"
        /// A property needs a namespace of the container's own, which it does not have.
        case missingNamespace = "missing-namespace"
        /// A property needs another one that is absent.
        case missingCompanion = "missing-companion"
        /// Two properties cannot hold together.
        case conflict
        /// The property would harm the host, or could be used to escape from the container.
        case forbidden

        // What apus does with it.
        /// The spec has it, but this version of apus does not support it.
        case notSupported = "not-supported"
        /// The value is read but has no effect.
        case noEffect = "no-effect"
        /// The spec keeps it only for old configurations.
        case deprecated
        /// The spec says SHOULD, or most readers would expect something else.
        case discouraged

        // Problems of this host.
        /// The kernel is too old.
        case kernelTooOld = "kernel-too-old"
        /// A cgroup controller does not exist or cannot be enabled.
        case missingController = "missing-controller"
        /// The kernel does not have the capability, or it cannot be granted.
        case unknownCapability = "unknown-capability"
        /// An ambient capability is not both permitted and inheritable, so it is not granted.
        case ambientCapability = "ambient-capability"
        /// The seccomp library does not know a system call or an architecture.
        case unknownSystemCall = "unknown-system-call"
        /// A security module is not active.
        case missingSecurityModule = "missing-security-module"
        /// A file does not exist.
        case missingFile = "missing-file"
        /// systemd, which is to make the cgroup, cannot be reached or refuses.
        case serviceManager = "service-manager"
        /// A network device would have to move, but the container is in the host's network namespace.
        case sharedNetwork = "shared-network"
        /// The kernel was built without something: a filesystem, a huge page size, or another feature.
        case missingFeature = "missing-feature"

        // What a command finds.
        /// The command line, or a value in it, is wrong.
        case usage
        /// A container's id contains characters that are not allowed.
        case invalidID = "invalid-id"
        /// No container has this id.
        case containerNotFound = "container-not-found"
        /// A container with this id exists already.
        case containerExists = "container-exists"
        /// The container's init has ended, or does not exist yet.
        case containerNotRunning = "container-not-running"
        /// The container is not paused.
        case containerNotPaused = "container-not-paused"
        /// The container has not stopped.
        case containerNotStopped = "container-not-stopped"
        /// The command cannot be used in the container's state.
        case wrongState = "wrong-state"
        /// The program to run does not exist.
        case programNotFound = "program-not-found"
        /// The program exists but cannot be executed.
        case programNotExecutable = "program-not-executable"
        /// A hook ended with a status other than 0.
        case hookFailed = "hook-failed"
        /// The container's first process, or the process of `exec`, died before it became its program, and gave no
        /// reason.
        case initDied = "init-died"
        /// The kernel's OOM killer killed a process.
        case outOfMemory = "out-of-memory"
        /// Something took too long.
        case timedOut = "timed-out"

        // The kernel's answer, if nothing above describes it better.
        /// EPERM, EACCES, EROFS.
        case permissionDenied = "permission-denied"
        /// ENOSPC, ENOMEM, EMFILE, ENFILE, EDQUOT, EAGAIN: some resource is used up.
        case exhausted
        /// Any other answer.
        case systemCall = "system-call-failed"

        /// Anything else that the runtime refuses.
        case refused
    }

    /// ``code``, or the code for the kernel's answer: every failure has one.
    public var stableCode: Code { code ?? errno.map(Code.init) ?? .refused }
}

extension Failure.Code {
    /// Chooses the code for an answer of the kernel.
    init(_ errno: Errno) {
        switch errno {
        case .EPERM, .EACCES, .EROFS: self = .permissionDenied
        case .ENOENT: self = .missingFile
        case .ENOSPC, .ENOMEM, .EAGAIN: self = .exhausted
        case .ETIMEDOUT: self = .timedOut
        default:
            let isExhausted = [EMFILE, ENFILE, EDQUOT].contains(errno.rawValue)
            self = isExhausted ? .exhausted : .systemCall
        }
    }
}
