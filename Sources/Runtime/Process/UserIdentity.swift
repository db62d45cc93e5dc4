import Base
import Linux
import OCI

/// Becomes the user of `process.user`. The permitted capabilities survive the change, and ``CapabilityGrant`` reduces
/// them later.
struct UserIdentity: InsideWork, ProcessWork {
    static var word: StaticString { "become-user" }

    var uid: UInt32
    var gid: UInt32
    /// The supplementary groups. They are always set, since an empty list clears the caller's; nil keeps the caller's.
    var groups: [UInt32]?
    var umask: UInt32
    /// Whether the process is in a user namespace, which may deny setgroups(2) and may not map every id.
    var isInUserNamespace: Bool
    /// The place of `process.user`.
    var pointer: String

    /// The umask if config.json has none. The spec would leave the caller's, but runc and crun give this one to every
    /// container. Callers such as containerd's shim run with a umask of 0 and rely on it.
    static let standardUmask: UInt32 = 0o022

    /// The annotation that keeps the caller's supplementary groups. It comes from crun; Podman sets it for
    /// `--group-add keep-groups`.
    static let keepGroups = "run.oci.keep_original_groups"

    /// - Parameters:
    ///   - user: `process.user`.
    ///   - keepsGroups: Whether the annotation is there.
    /// - Throws: ``Failure`` for an id that no process can have (2^32-1 means "leave it" to the kernel), and for
    ///   a umask of more than nine bits.
    init(
        _ user: User, isInUserNamespace: Bool, keepsGroups: Bool = false, pointer: String = "/process/user",
        _ refuse: Refuse = throwing
    ) throws(Failure) {
        func refuseRange(_ isWrong: Bool, _ what: @autoclosure () -> String, _ name: String) throws(Failure) {
            if isWrong { try refuse(Failure(what(), pointer: "\(pointer)/\(name)", code: .outOfRange)) }
        }
        try refuseRange(user.uid == .max, "no user has the id \(user.uid)", "uid")
        try refuseRange(user.gid == .max, "no group has the id \(user.gid)", "gid")
        groups = keepsGroups ? nil : user.additionalGids ?? []
        // NGROUPS_MAX (setgroups(2)); the kernel would say only "invalid argument".
        let count = user.additionalGids?.count ?? 0
        try refuseRange(count > 65536, "\(count) additional groups, Linux takes 65536 at most", "additionalGids")
        for (index, gid) in (user.additionalGids ?? []).enumerated() {
            try refuseRange(gid == .max, "no group has the id \(gid)", "additionalGids/\(index)")
        }
        let mask = user.umask ?? Self.standardUmask
        try refuseRange(mask > 0o777, "a umask has nine bits, \(mask) has more", "umask")
        uid = user.uid
        gid = user.gid
        umask = mask
        self.isInUserNamespace = isInUserNamespace
        self.pointer = pointer
    }

    var summary: String {
        var text = "become user \(uid), group \(gid), groups"
        for group in groups ?? [] { text += " \(group)" }
        if groups == nil { text += " as they are" } else if groups == [] { text += " none" }
        let digits = String(umask, radix: 8)
        return text + ", umask " + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// - Throws: ``Failure`` in runc's words (WhatConfigMeans, "User") for an id that is not mapped, and for groups if
    ///   the user namespace denies them.
    func perform() throws(Failure) {
        if uid != 0 { try Capabilities.keepAcrossUserChange(true) }
        try setGroups()
        do throws(Failure) { try Identity.setresgid(gid) } catch {
            throw unmapped(error, "cannot setgid to unmapped gid \(gid) in user namespace", "\(pointer)/gid")
        }
        do throws(Failure) { try Identity.setresuid(uid) } catch {
            throw unmapped(error, "cannot setuid to unmapped uid \(uid) in user namespace", "\(pointer)/uid")
        }
        if uid != 0 { try Capabilities.keepAcrossUserChange(false) }
        ThisProcess.umask(umask)
    }

    /// Sets the groups. It asks the kernel, not /proc/self/setgroups, which the container could fake by now. A
    /// namespace that denies the call denies it for the empty list too; then the groups stay.
    private func setGroups() throws(Failure) {
        guard let groups else { return }
        do throws(Failure) { try Identity.setgroups(groups) } catch {
            guard isInUserNamespace else { throw error }
            switch error.errno {
            // Nothing is missing if the process is already in all of them.
            case .EPERM where try isMember(of: groups): return
            case .EPERM:
                throw Failure(
                    "cannot set any additional groups in a rootless container", pointer: "\(pointer)/additionalGids")
            case .EINVAL:
                throw unmapped(
                    error, "cannot set additional groups that are not mapped in user namespace",
                    "\(pointer)/additionalGids")
            default: throw error
            }
        }
    }

    private func isMember(of groups: [UInt32]) throws(Failure) -> Bool {
        guard !groups.isEmpty else { return true }
        let own = try Identity.getgroups()
        return groups.allSatisfy { $0 == gid || own.contains($0) }
    }

    /// Explains EINVAL, which the kernel answers for an id that the user namespace does not map.
    private func unmapped(_ failure: Failure, _ words: String, _ pointer: String) -> Failure {
        guard isInUserNamespace, failure.errno == .EINVAL else { return failure }
        return Failure(
            words, pointer: pointer, hint: "the maps in /linux/uidMappings and /linux/gidMappings must contain it")
    }
}

/// Finds HOME, if config.json has none, in the container's own /etc/passwd, or else sets it to `/`.
struct FindHome: InsideWork {
    static var word: StaticString { "find-home" }

    var uid: UInt32

    var summary: String { "find HOME of user \(uid) in the container's /etc/passwd, else /" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.environment = session.environment.withHome(Passwd.home(of: uid, inside: session.root))
    }
}

/// Drops the caller's supplementary groups before joining a user namespace. The user namespace may forbid changing
/// them (`setgroups`, user_namespaces(7)), and then the container would keep them for good.
struct ClearGroups: InsideWork, ProcessWork {
    static var word: StaticString { "clear-groups" }

    /// Whether we are already in a user namespace that may forbid it. Then the groups were not ours to drop.
    var isOptional: Bool

    var summary: String { "let go of the caller's supplementary groups" }

    func perform() throws(Failure) {
        do throws(Failure) { try Identity.setgroups([]) } catch  where isOptional && error.errno == .EPERM {}
    }
}

/// Makes the program's user the owner of those standard streams that are pipes, sockets or files.
///
/// The program can write to them in any case. But only their owner can open them again by name, such as /dev/stdout
/// (proc(5), "/proc/pid/fd"). Their group stays. Terminals and other devices stay the caller's. So does a file that the
/// caller opened only for reading: a user who owned it could change what the caller only lent.
struct ChownStreams: InsideWork, ProcessWork {
    static var word: StaticString { "own-streams" }

    var uid: UInt32

    var summary: String { "give standard streams that are pipes, sockets or written files to user \(uid)" }

    /// A user namespace may not map the user or the owner of the stream, and the stream may be on a read-only file
    /// system. The program can use what it was given in spite of that.
    func perform() throws(Failure) {
        for number in CInt(0)...2 {
            let stream = try status(of: number)
            guard try Self.isGiven(stream.kind, number), stream.uid != uid else { continue }
            do throws(Failure) { try fchownat(standard: number, uid: uid) } catch {
                switch error.errno {
                case .EPERM, .EROFS, .EINVAL: continue
                default: throw error
                }
            }
        }
    }

    private static func isGiven(_ kind: FileStatus.Kind?, _ number: CInt) throws(Failure) -> Bool {
        switch kind {
        case .fifo, .socket: true
        case .regular: try isWritable(standard: number)
        default: false
        }
    }
}
