import Base
import CShim
import Linux

/// Makes this program run from a read-only clone of its file's mount, before anything of the container exists.
///
/// Until execve, init is this program. A container that reaches the program's file through /proc/PID/exe could
/// overwrite the runtime on the host (runc CVE-2019-5736). So we clone the mount of the file, make the clone read-only,
/// and run from it. The clone is in no mount namespace, so nobody can make it writable again, and nothing has to be
/// copied.
///
/// The kernel lets a running program exchange its executable for another file, if nothing of the old one is mapped any
/// more. Where that is not possible (a dynamic program, a kernel without CONFIG_CHECKPOINT_RESTORE), the program starts
/// again from the clone.
struct SealedBinary: HostWork, ProcessWork {
    static var word: StaticString { "seal" }

    var summary: String { "run from a sealed copy of the binary" }

    /// Checks the seal. ``ensure(keeping:and:)`` made it before config.json was read.
    func perform() throws(Failure) {
        guard try Self.isSealed() else {
            throw Failure("the binary is not sealed", hint: "call sealProgram at the start of main")
        }
    }

    /// Makes the program run from a sealed copy of its file. It may start again for that; then this function returns in
    /// the second start.
    ///
    /// Everything that our caller left open for nobody is closed. Otherwise init would hold it open until `start`.
    ///
    /// - Parameters:
    ///   - kept: The descriptors that our caller opened for the container.
    ///   - named: The descriptors that the command line's own paths lead through. They stay open.
    /// - Throws: ``Failure`` of `open_tree`, `mount_setattr` or `memfd_create`.
    static func ensure(keeping kept: KeptDescriptors = .none, and named: NamedDescriptors) throws(Failure) {
        if try !isSealed() {
            // Before anything is opened, so that each number above belongs to our caller.
            try named.closeOthers(from: kept.last + 1)
            let copy = try Self.copy()
            // A program may be executable and not readable.
            let proc = try Proc.host()
            guard let file = try? proc.follow("self/fd/\(copy.number)", .readOnly), file.becomeExecutable() else {
                throw Failure("start the sealed binary", "execveat", copy.execveat())
            }
        }
        if named != .none { try ThisProcess.markDescriptorsCloseOnExec(from: kept.last + 1) }
    }

    /// Opens the read-only clone. Whoever may not mount lets a child do it, in a mount namespace of its own, where the
    /// file has the same path. Then the clone belongs to a namespace that is gone, and in no other can it be cloned again
    /// or made writable. If that is not possible either, the copy is a file in memory.
    private static func copy() throws(Failure) -> Descriptor {
        let proc = try Proc.host()
        do throws(Failure) {
            return try readOnlyClone(of: "/proc/self/exe")
        } catch  where error.errno == .EPERM {
            let path = try proc.link("self/exe") ?? ""
            let own = try status("/proc/self/exe")
            if let copy = try? openInMountNamespace(
                "seal the runtime's own binary",
                { () throws(Failure) -> Descriptor in
                    let copy = try readOnlyClone(of: path)
                    let found = try copy.status()
                    guard found.inode == own.inode, found.filesystem == own.filesystem else {
                        throw Failure("\(path) is another file by now")
                    }
                    return copy
                })
            {
                return copy
            }
            return try open("/proc/self/exe", .readOnly).sealedProgram("apus", proc)
        }
    }

    private static func readOnlyClone(of path: String) throws(Failure) -> Descriptor {
        let copy = try openTree(path, recursive: false)
        try copy.mountSetattr(set: .readOnly, "the runtime's own binary")
        return copy
    }

    /// Whether we run from such a copy: we have exchanged our executable, or we were started by descriptor, and from a
    /// read-only mount or a sealed file in memory.
    private static func isSealed() throws(Failure) -> Bool {
        if ThisProcess.executableIsReplaced { return true }
        guard startedByDescriptor() else { return false }
        let file = try open("/proc/self/exe", .path)
        if try file.filesystem().flags & UInt64(ST_RDONLY) != 0 { return true }
        return (try? open("/proc/self/exe", .readOnly))?.isSealed() ?? false
    }
}

/// Makes the calling program run from a sealed copy of its file. A static program goes on; another one starts again from
/// the copy, with the same arguments.
///
/// Call it at the start of main, before ``create(id:options:in:)`` or ``run(id:options:in:)``, which refuse a program that is
/// not sealed: a container could overwrite its file (runc CVE-2019-5736).
///
/// The descriptors that the container is to get, and those that paths of the options lead through, stay open.
///
/// - Throws: ``Failure`` of `open_tree`, `mount_setattr` or `memfd_create`.
public func sealProgram(for options: CreateOptions, in runtime: RuntimeOptions) throws(Failure) {
    let kept = try options.keptDescriptors
    try SealedBinary.ensure(keeping: kept, and: NamedDescriptors(options.paths + runtime.paths, above: kept.last))
}

/// The same before ``exec(id:options:in:)``.
public func sealProgram(for options: ExecOptions, in runtime: RuntimeOptions) throws(Failure) {
    let kept = try options.keptDescriptors
    try SealedBinary.ensure(keeping: kept, and: NamedDescriptors(options.paths + runtime.paths, above: kept.last))
}

/// The same before ``change(mounts:by:of:in:)``.
public func sealProgram(forMounts file: String, in runtime: RuntimeOptions) throws(Failure) {
    try SealedBinary.ensure(and: NamedDescriptors([file] + runtime.paths, above: 2))
}
