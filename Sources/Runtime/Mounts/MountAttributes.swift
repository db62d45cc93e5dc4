import Base
import Linux

/// Translates the flags of mount(2), which config.json uses, to the attributes of mount_setattr(2).
extension MountOptions {
    /// The attributes that the kernel keeps per mount, without the access times. A bind that has options loses each of
    /// them that its options do not name.
    static let everyAttribute: MountAttributes = [
        .readOnly, .noSetuid, .noDevices, .noExecute, .noSymbolicLinks,
    ]

    /// The flags that choose how access times are kept.
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
        // As in mount(2): strictatime wins over noatime, and relatime is the default.
        if flags.contains(.strictAccessTime) {
            attributes.insert(.strictAccessTime)
        } else if flags.contains(.noAccessTime) {
            attributes.insert(.noAccessTime)
        }
        return attributes
    }

    /// Gives a mount exactly the flags that were asked for, as `mount --bind -o` and runc do. If none were asked for,
    /// none change. The filesystem, which may be the host's, keeps its own flags.
    ///
    /// The kernel locks a flag that came from a mount namespace with more rights, and answers EPERM if we clear it
    /// (mount_namespaces(7)). Then this adds the flags that were asked for, and clears only those that were asked to
    /// be absent; that fails if one of them is locked. The kernel never locks nosymfollow.
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

    /// Applies `rro` and its like with mount_setattr(2), then each propagation in the order it was asked for.
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
