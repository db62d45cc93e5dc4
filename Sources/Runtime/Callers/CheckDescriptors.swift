import Base
import Linux

/// Replaces each of the program's descriptors that is the host's /dev/null with a null device of our own. Otherwise
/// the container could change the mode or the owner of the host's node, through /proc/PID/fd/N.
///
/// The host does this before any process of the container exists, so none of them ever has the host's node. It also
/// opens nothing that the container put at its own /dev/null, which could be a terminal or a FIFO.
///
/// The tmpfs of the new node stays for ``MakeNodes``.
struct ReopenNull: HostWork {
    static var word: StaticString { "reopen-null" }

    var kept: KeptDescriptors
    /// `linux.mountLabel`.
    var label: String?

    var summary: String { "put a null device of our own at descriptors that are /dev/null" }

    func perform(_ session: inout HostSide) throws(Failure) {
        var own = Descriptor.none
        for number in CInt(0)...kept.last {
            guard let status = try? status(of: number), status.isNull else { continue }
            if !own.isOpen { own = try openNull(&session) }
            try own.dup2(onto: number)
        }
    }

    private func openNull(_ session: inout HostSide) throws(Failure) -> Descriptor {
        do throws(Failure) {
            let folder = try OwnNodes.folder(label: label)
            let null = try folder.openat("null", [.readWrite, .noControllingTerminal, .nonBlocking, .noFollow])
            session.descriptors.put(folder, at: .nodes)
            return null
        } catch  where error.errno == .EPERM {
            return try OwnNodes.openHostsNull()
        }
    }
}

/// Checks that each of them is open. Otherwise one of the runtime's own files could get its number, and so reach the
/// container.
struct CheckDescriptors: HostWork, ProcessWork {
    static var word: StaticString { "check-descriptors" }

    var kept: KeptDescriptors

    var summary: String { "check that the caller has opened descriptors 3 to \(kept.last)" }

    func perform() throws(Failure) {
        for number in 3...kept.last {
            guard isInherited(number) else {
                throw Failure(
                    "unable to stat preserved-fd \(number)", "fcntl", .EBADF,
                    hint: "\(kept.count) descriptors from 3 on must be open for the container")
            }
        }
    }
}
