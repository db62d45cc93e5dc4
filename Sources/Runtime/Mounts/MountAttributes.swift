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

    /// mount_setattr(2) for `rro` and its like, then each propagation in the order it was asked for.
    func applyPropagationAndRecursion(to mount: borrowing Descriptor, _ target: String) throws(Failure) {
        if !recursive.isEmpty {
            try setAttributes(of: mount, set: recursive.set, clear: recursive.cleared, recursive: true, target)
        }
        for flags in propagation {
            let kind = flags.subtracting(.recursive)
            try setAttributes(of: mount, propagation: kind, recursive: flags.contains(.recursive), target)
        }
    }
}
