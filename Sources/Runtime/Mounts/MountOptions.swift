import Linux

/// What the words in a mount's `options` mean.
///
/// A word is looked up in ``meaning(of:)``; one that is not there is passed to the filesystem as data, as the spec asks
/// (config.md, "Mounts", "Linux mount options").
struct MountOptions: Equatable {
    /// Flags that were asked for.
    var set: MountFlags = []
    /// Flags that were asked to be absent.
    var cleared: MountFlags = []
    /// Several are allowed, applied in order, each by a call of its own.
    var propagation: [MountFlags] = []
    /// Attributes for the mount and all below it: `rro` and its like.
    var recursive = RecursiveAttributes()
    /// `tmpcopyup`: a tmpfs that begins with a copy of what it covers.
    var copiesUp = false
    /// `copy-symlink`: a source that is a link is made again as a link, and not mounted.
    var copiesLink = false
    /// `src-nofollow`: a source that is a link is mounted itself.
    var mountsLink = false
    /// `dest-nofollow`: a destination that is a link is covered itself.
    var coversLink = false
    /// `idmap` and `ridmap`.
    var idMap: IDMapOption?
    /// Words for the filesystem.
    var data: [String] = []
    /// All of it as config.json has it, for a person.
    var words = ""

    /// - Parameter words: `options`. An empty one means nothing: callers join words, and lose some.
    init(_ words: [String]) {
        self.words = words.filter { !$0.isEmpty }.joined(separator: ",")
        for word in words where !word.isEmpty {
            switch Self.meaning(of: word) {
            case .set(let flags):
                set.formUnion(flags)
                cleared.subtract(flags)
            case .clear(let flags):
                cleared.formUnion(flags)
                set.subtract(flags)
            case .propagate(let flags): propagation.append(flags)
            case .setBelow(let attributes): recursive.add(attributes)
            case .clearBelow(let attributes): recursive.remove(attributes)
            case .copyUp: copiesUp = true
            case .copyLink: copiesLink = true
            case .mountLink: mountsLink = true
            case .coverLink: coversLink = true
            case nil:
                if let option = IDMapOption(word) { idMap = option } else { data.append(word) }
            }
        }
    }

    enum Meaning {
        case set(MountFlags)
        case clear(MountFlags)
        case propagate(MountFlags)
        case setBelow(MountAttributes)
        case clearBelow(MountAttributes)
        case copyUp
        case copyLink
        case mountLink
        case coverLink
    }

    /// A `switch`, not a dictionary: nothing is built at start-up, and the table reads like mount(8).
    static func meaning(of word: String) -> Meaning? {
        // swift-format-ignore
        switch word {
        case "async":          .clear(.synchronous)
        case "atime":          .clear(.noAccessTime)
        case "bind":           .set(.bind)
        case "copy-symlink":   .copyLink
        case "defaults":       .set([])
        case "dest-nofollow":  .coverLink
        case "dev":            .clear(.noDevices)
        case "diratime":       .clear(.noDirectoryAccessTime)
        case "dirsync":        .set(.synchronousDirectories)
        case "exec":           .clear(.noExecute)
        case "iversion":       .set(.inodeVersion)
        case "lazytime":       .set(.lazyTime)
        case "loud":           .clear(.silent)
        case "mand":           .set(.mandatoryLocks)
        case "noatime":        .set(.noAccessTime)
        case "nodev":          .set(.noDevices)
        case "nodiratime":     .set(.noDirectoryAccessTime)
        case "noexec":         .set(.noExecute)
        case "noiversion":     .clear(.inodeVersion)
        case "nolazytime":     .clear(.lazyTime)
        case "nomand":         .clear(.mandatoryLocks)
        case "norelatime":     .clear(.relativeAccessTime)
        case "nostrictatime":  .clear(.strictAccessTime)
        case "nosuid":         .set(.noSetuid)
        case "nosymfollow":    .set(.noSymbolicLinks)
        case "private":        .propagate(.privately)
        case "rbind":          .set([.bind, .recursive])
        case "relatime":       .set(.relativeAccessTime)
        case "remount":        .set(.remount)
        case "ro":             .set(.readOnly)
        case "rprivate":       .propagate([.privately, .recursive])
        case "rshared":        .propagate([.shared, .recursive])
        case "rslave":         .propagate([.slave, .recursive])
        case "runbindable":    .propagate([.unbindable, .recursive])
        case "rw":             .clear(.readOnly)
        case "shared":         .propagate(.shared)
        case "silent":         .set(.silent)
        case "slave":          .propagate(.slave)
        case "src-nofollow":   .mountLink
        case "strictatime":    .set(.strictAccessTime)
        case "suid":           .clear(.noSetuid)
        case "symfollow":      .clear(.noSymbolicLinks)
        case "sync":           .set(.synchronous)
        case "tmpcopyup":      .copyUp
        case "unbindable":     .propagate(.unbindable)
        default:               meaningBelow(word)
        }
    }

    /// The words for a mount and all mounts below it, and no other.
    private static func meaningBelow(_ word: String) -> Meaning? {
        // swift-format-ignore
        switch word {
        case "ratime":         .clearBelow(.noAccessTime)
        case "rdev":           .clearBelow(.noDevices)
        case "rdiratime":      .clearBelow(.noDirectoryAccessTime)
        case "rexec":          .clearBelow(.noExecute)
        case "rnoatime":       .setBelow(.noAccessTime)
        case "rnodev":         .setBelow(.noDevices)
        case "rnodiratime":    .setBelow(.noDirectoryAccessTime)
        case "rnoexec":        .setBelow(.noExecute)
        case "rnorelatime":    .clearBelow(.accessTimes)
        case "rnostrictatime": .clearBelow(.strictAccessTime)
        case "rnosuid":        .setBelow(.noSetuid)
        case "rnosymfollow":   .setBelow(.noSymbolicLinks)
        case "rrelatime":      .setBelow([])
        case "rro":            .setBelow(.readOnly)
        case "rrw":            .clearBelow(.readOnly)
        case "rstrictatime":   .setBelow(.strictAccessTime)
        case "rsuid":          .clearBelow(.noSetuid)
        case "rsymfollow":     .clearBelow(.noSymbolicLinks)
        default:               nil
        }
    }

    /// Every word of ``meaning(of:)``, and those of ``IDMapOption``, sorted, as `features` lists them.
    static let words: [StaticString] = [
        "async", "atime", "bind", "copy-symlink", "defaults", "dest-nofollow", "dev", "diratime", "dirsync", "exec",
        "idmap", "iversion", "lazytime",
        "loud", "mand", "noatime", "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "nomand",
        "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private", "ratime", "rbind", "rdev", "rdiratime",
        "relatime", "remount", "rexec", "ridmap", "rnoatime", "rnodev", "rnodiratime", "rnoexec", "rnorelatime",
        "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate", "rrelatime", "rro", "rrw", "rshared", "rslave",
        "rstrictatime", "rsuid", "rsymfollow", "runbindable", "rw", "shared", "silent", "slave", "src-nofollow",
        "strictatime",
        "suid", "symfollow", "sync", "tmpcopyup", "unbindable",
    ]
}

/// What mount_setattr(2) does to a mount and all mounts below it.
///
/// Access times are a choice of one of three, so whoever sets or clears one clears the whole field first
/// (mount_setattr(2), MOUNT_ATTR__ATIME).
struct RecursiveAttributes: Equatable {
    var set: MountAttributes = []
    var cleared: MountAttributes = []

    var isEmpty: Bool { self.set.isEmpty && cleared.isEmpty }

    mutating func add(_ attributes: MountAttributes) {
        let times = attributes.isDisjoint(with: .accessTimes) && !attributes.isEmpty ? [] : MountAttributes.accessTimes
        set.subtract(times)
        cleared.formUnion(times)
        set.formUnion(attributes)
        cleared.subtract(attributes.subtracting(.accessTimes))
    }

    mutating func remove(_ attributes: MountAttributes) {
        set.subtract(attributes)
        cleared.formUnion(attributes)
        if !attributes.isDisjoint(with: .accessTimes) { cleared.formUnion(.accessTimes) }
    }
}
