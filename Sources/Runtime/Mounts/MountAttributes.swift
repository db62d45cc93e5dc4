import Base
import Linux

/// From the flags of mount(2), in which config.json thinks, to the attributes of mount_setattr(2).
extension MountOptions {
    /// All that mount(2) keeps for each mount, and that a bind without the word for it takes away.
    static let everyAttribute: MountAttributes = [
        .readOnly, .noSetuid, .noDevices, .noExecute, .noSymbolicLinks,
    ]

    /// The words that choose how access times are kept.
    static let timeFlags: MountFlags = [
        .noAccessTime, .noDirectoryAccessTime, .relativeAccessTime, .strictAccessTime,
    ]

    /// The attributes among ``set``.
    var attributes: MountAttributes { Self.attributes(set) }

    static func attributes(_ flags: MountFlags) -> MountAttributes {
        var attributes: MountAttributes = []
        if flags.contains(.readOnly) { attributes.insert(.readOnly) }
        if flags.contains(.noSetuid) { attributes.insert(.noSetuid) }
        if flags.contains(.noDevices) { attributes.insert(.noDevices) }
        if flags.contains(.noExecute) { attributes.insert(.noExecute) }
        if flags.contains(.noSymbolicLinks) { attributes.insert(.noSymbolicLinks) }
        if flags.contains(.noDirectoryAccessTime) { attributes.insert(.noDirectoryAccessTime) }
        // As mount(2): strictatime wins over noatime, and relatime is what is left.
        if flags.contains(.strictAccessTime) {
            attributes.insert(.strictAccessTime)
        } else if flags.contains(.noAccessTime) {
            attributes.insert(.noAccessTime)
        }
        return attributes
    }

    /// Gives a mount exactly the flags that were asked for, as `mount --bind -o` and runc do; none asked, none changed. Its filesystem
    /// stays as it is, which may be the host's.
    ///
    /// A flag that came from a mount namespace with more rights is locked: to take it away is EPERM. Then what was asked for is
    /// added, and what was asked to be absent is taken away, which fails if that is the locked one. The kernel never locks
    /// nosymfollow.
    ///
    /// - Parameter source: What is mounted, for a message.
    func setFlags(of mount: borrowing Descriptor, _ source: String, _ target: String) throws(Failure) {
        let mentioned = set.union(cleared).subtracting([.bind, .recursive, .remount, .silent])
        guard !mentioned.isEmpty else { return }
        let times: MountAttributes =
            mentioned.isDisjoint(with: Self.timeFlags) ? [] : [.accessTimes, .noDirectoryAccessTime]
        do throws(Failure) {
            try mount.mountSetattr(set: attributes, clear: Self.everyAttribute.union(times), target)
        } catch  where error.errno == .EPERM {
            let free = Self.attributes(cleared).union(.noSymbolicLinks).intersection(Self.everyAttribute)
            do throws(Failure) {
                try mount.mountSetattr(set: attributes, clear: free.union(times), target)
            } catch  where error.errno == .EPERM {
                throw Failure(
                    "cannot clear locked flags of \(source)", cause: error.cause,
                    hint: "the host's mount has flags that a user namespace must keep: ask for them in options")
            }
        }
    }

    /// mount_setattr(2) for `rro` and its like, then each propagation in the order it was asked for.
    func applyPropagationAndRecursion(to mount: borrowing Descriptor, _ target: String) throws(Failure) {
        if !recursive.isEmpty {
            try mount.mountSetattr(set: recursive.set, clear: recursive.cleared, recursive: true, target)
        }
        for flags in propagation {
            let kind = flags.subtracting(.recursive)
            try mount.mountSetattr(propagation: kind, recursive: flags.contains(.recursive), target)
        }
    }
}
