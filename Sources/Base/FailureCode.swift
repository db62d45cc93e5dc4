extension Failure {
    /// What is wrong, as one stable word for programs: the JSON log has it, and `apus validate` prints it.
    ///
    /// A word is never changed or given another meaning; new ones may come.
    public enum Code: String, CaseIterable, Sendable {
        // What the text itself is.
        /// The text is not JSON (RFC 8259), or not the JSON that all readers agree about.
        case invalidJSON = "invalid-json"
        /// A key stands twice in one object.
        case duplicateKey = "duplicate-key"
        /// A value is of another type than the spec says.
        case wrongType = "wrong-type"
        /// A property that the spec requires is absent.
        case missingRequired = "missing-required"
        /// A key that the spec does not have.
        case unknownKey = "unknown-key"

        // What one value is.
        /// A number is below or above what its property takes.
        case outOfRange = "out-of-range"
        /// A word is not one of those that its property takes.
        case unknownValue = "unknown-value"
        /// A text has not the form that its property takes.
        case malformedValue = "malformed-value"
        /// A text or a list is empty where something must be in it.
        case emptyValue = "empty-value"
        /// A text that goes to the kernel has a NUL in it, where the kernel would see its end.
        case nulCharacter = "nul-character"
        /// A path does not begin with a slash.
        case relativePath = "relative-path"
        /// The specification's version is not one that this runtime knows.
        case unsupportedVersion = "unsupported-version"

        // What values are together.
        /// A namespace type stands twice.
        case duplicateNamespace = "duplicate-namespace"
        /// A resource limit stands twice.
        case duplicateRlimit = "duplicate-rlimit"
        /// A device, or the path of one, stands twice.
        case duplicateDevice = "duplicate-device"
        /// A property needs a namespace that the container has not of its own.
        case missingNamespace = "missing-namespace"
        /// A property needs another one that is absent.
        case missingCompanion = "missing-companion"
        /// Two properties cannot hold together.
        case conflict
        /// What is asked for would do harm to the host, or could be used to leave the container.
        case forbidden

        // What is made of it.
        /// The spec has it, and this version of apus does not do it.
        case notSupported = "not-supported"
        /// It is read, and changes nothing.
        case noEffect = "no-effect"
        /// The spec keeps it for old configurations.
        case deprecated
        /// The spec says SHOULD, or most readers would have expected something else.
        case discouraged

        // What this host is.
        /// The kernel is too old.
        case kernelTooOld = "kernel-too-old"
        /// A cgroup controller is not there, or cannot be enabled.
        case missingController = "missing-controller"
        /// A capability that the kernel does not have, or that cannot be granted.
        case unknownCapability = "unknown-capability"
        /// An ambient capability that is not both permitted and inheritable, which is not granted.
        case ambientCapability = "ambient-capability"
        /// A system call or an architecture that the seccomp library does not know.
        case unknownSystemCall = "unknown-system-call"
        /// A security module is not active.
        case missingSecurityModule = "missing-security-module"
        /// A file is not there.
        case missingFile = "missing-file"
        /// A network device would have to be moved, and the container's network namespace is the host's.
        case sharedNetwork = "shared-network"
        /// A filesystem, a huge page size or another thing that the kernel was built without.
        case missingFeature = "missing-feature"

        // What a command finds.
        /// The command line does not fit, or a value in it.
        case usage
        /// A container's id has characters that it must not have.
        case invalidID = "invalid-id"
        /// There is no container of that id.
        case containerNotFound = "container-not-found"
        /// There is one already.
        case containerExists = "container-exists"
        /// Its init has ended.
        case containerNotRunning = "container-not-running"
        /// It is not paused.
        case containerNotPaused = "container-not-paused"
        /// It has not stopped.
        case containerNotStopped = "container-not-stopped"
        /// It is in another state than the command can be used in.
        case wrongState = "wrong-state"
        /// The program to run is not there.
        case programNotFound = "program-not-found"
        /// It is there, and cannot be executed.
        case programNotExecutable = "program-not-executable"
        /// A hook did not end with 0.
        case hookFailed = "hook-failed"
        /// The container's first process, or that of `exec`, died before it became its program, without a word.
        case initDied = "init-died"
        /// The kernel ended a process for want of memory.
        case outOfMemory = "out-of-memory"
        /// Something took too long.
        case timedOut = "timed-out"

        // What the kernel answered, where nothing above says it better.
        /// EPERM, EACCES, EROFS.
        case permissionDenied = "permission-denied"
        /// ENOSPC, ENOMEM, EMFILE, ENFILE, EDQUOT, EAGAIN: there is not enough of something.
        case exhausted
        /// Any other answer.
        case systemCall = "system-call-failed"

        /// Anything else that the runtime refuses.
        case refused
    }

    /// ``code``, or what the kernel's answer comes to: every failure has a code.
    public var stableCode: Code { code ?? errno.map(Code.init) ?? .refused }
}

extension Failure.Code {
    /// What an answer of the kernel comes to.
    init(_ errno: Errno) {
        let (tooManyFiles, tooManyFilesOfAll, overQuota) = (CInt(24), CInt(23), CInt(122))
        switch errno {
        case .EPERM, .EACCES, .EROFS: self = .permissionDenied
        case .ENOENT: self = .missingFile
        case .ENOSPC, .ENOMEM, .EAGAIN: self = .exhausted
        case .ETIMEDOUT: self = .timedOut
        default:
            let isExhausted = [tooManyFiles, tooManyFilesOfAll, overQuota].contains(errno.rawValue)
            self = isExhausted ? .exhausted : .systemCall
        }
    }
}
