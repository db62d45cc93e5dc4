import Linux

/// The meaning of the words in a mount's `options`.
///
/// ``meaning(of:)`` knows the words that the runtime handles. Any other word goes to the filesystem as data, as the
/// spec asks (config.md, "Mounts", "Linux mount options").
struct MountOptions: Equatable {
    /// Flags that were asked for.
    var set: MountFlags = []
    /// Flags that were asked to be absent.
    var cleared: MountFlags = []
    /// The propagations that were asked for. Several are allowed; each is applied in order by its own call.
    var propagation: [MountFlags] = []
    /// Attributes for the mount and all mounts below it: `rro` and its like.
    var recursive = RecursiveAttributes()
    /// `tmpcopyup`: a tmpfs starts with a copy of what it covers.
    var copiesUp = false
    /// `copy-symlink`: if the source is a link, it is copied as a link and not mounted.
    var copiesLink = false
    /// `src-nofollow`: if the source is a link, the link itself is mounted.
    var mountsLink = false
    /// `dest-nofollow`: if the destination is a link, the mount covers the link itself.
    var coversLink = false
    /// `idmap` and `ridmap`.
    var idMap: IDMapOption?
    /// Words that go to the filesystem.
    var data: [String] = []
    /// All the words as config.json has them, for messages.
    var words = ""

    /// - Parameter words: `options`. An empty word is ignored: callers that join words may leave one.
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

    /// Returns what a word means; nil if it is for the filesystem. A `switch`, not a dictionary: nothing is built at
    /// start-up, and the table reads like mount(8).
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
        case "private":        .propagate(.private)
        case "rbind":          .set([.bind, .recursive])
        case "relatime":       .set(.relativeAccessTime)
        case "remount":        .set(.remount)
        case "ro":             .set(.readOnly)
        case "rprivate":       .propagate([.private, .recursive])
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

    /// The words that act on a mount and all mounts below it.
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

    /// All words of ``meaning(of:)`` and of ``IDMapOption``, sorted, as `features` lists them.
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

/// The attributes that mount_setattr(2) sets and clears on a mount and all mounts below it.
///
/// The access time modes share one field, so a call that sets or clears one mode must clear the whole field first
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
