import Base
import Linux

/// A new mount of a filesystem, such as proc or tmpfs; not a bind.
struct FilesystemMount: InsideWork {
    static var word: StaticString { "mount" }

    var type: String
    var source: String?
    var target: String
    var options: MountOptions
    /// Whether it is mounted writable first because later steps make files inside. A step near the end makes it
    /// read-only.
    var isSealedLater = false
    /// Whether a later entry may remount it. Then init must remember its mount id.
    var mayBeRemounted = true
    /// The SELinux label of every file in it.
    var label: String?
    /// Where the host left its filesystem context (fsopen(2)); nil if init opens that itself.
    var opened: Slot?

    var summary: String {
        var text = "mount \(type) on \(target)"
        if !options.words.isEmpty { text += " (\(options.words))" }
        if options.copiesUp { text += ", with a copy of what it covers" }
        if type == "sysfs" { text += ", else bind /sys" }
        if let label { text += ", with the SELinux label \(label)" }
        return text
    }

    /// Mounts the filesystem and attaches it to its target, both by descriptor.
    func perform(_ session: inout InsideSide) throws(Failure) {
        let inheritsMode = takesModeOfDirectory && (try? session.root.openat2(self.target, .path)) != nil
        let target = try MountPoint.directory(self.target, inside: session.root, followingLinks: !isKernelView)
        // The kernel's own default for a tmpfs. The next start finds the directory, and takes the mode from it.
        if takesModeOfDirectory, !inheritsMode { try target.fchmodat(".", mode: 0o1777) }
        try MountPoint.refuseCovering(target, self.target, of: session.root, isProc: type == "proc")
        let mode = inheritsMode ? try target.status().permissions : nil
        if isSimple, (try? mountAtOnce(on: target, mode)) != nil { return }
        if needsOldCall { return try mountByOldCall(on: target, mode, &session) }
        let mount: Descriptor
        do throws(Failure) {
            mount = try make(mode, &session)
        } catch  where error.errno == .ENODEV && type == "bind" {
            throw error.hinting("a bind mount is known by its options, not by its type: add options: [\"rbind\"]")
        } catch  where error.errno == .EPERM && type == "sysfs" {
            // A sysfs shows a network namespace, and the kernel mounts it only if that namespace belongs to our user
            // namespace. Otherwise the container gets a read-only bind of the host's /sys.
            mount = try openTree("/sys", recursive: true)
            try mount.mountSetattr(set: options.attributes.union(.readOnly), recursive: true, self.target)
        }
        if type == "mqueue", let label {
            // mqueue takes no `context` option, but its queues inherit the label of its root.
            try mount.fchdir()
            try setxattr("security.selinux", ofCurrentDirectoryTo: label)
            try chdir("/")
        }
        if isNewFilesystem { session.ownFilesystems.insert(try mount.status().mountID) }
        if options.copiesUp { try copyUp(from: target, to: mount) }
        try mount.moveMount(to: target, "\(type) on \(self.target)")
        try options.applyPropagationAndRecursion(to: mount, self.target)
    }

    /// Copies into a tmpfs what the tmpfs covers (`tmpcopyup`), before or after it is attached. `covered` is open on
    /// the directory below.
    ///
    /// The copy includes device nodes and set-id files. If these have no effect in the original (nodev, nosuid,
    /// noexec), they have none in the copy either, unless config.json allows it (`dev`, `suid`, `exec`).
    private func copyUp(from covered: borrowing Descriptor, to mount: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            let status = try covered.status()
            let isOwned = options.data.contains { Path.begins($0, with: "uid=") || Path.begins($0, with: "gid=") }
            let top = try mount.openat(".", [.readOnly, .directory])
            if !isOwned, status.uid != 0 || status.gid != 0 {
                try top.fchownat(uid: status.uid, gid: status.gid, target)
            }
            let below = try TreeCopy.copy(covered, into: top)
            let missing = below.subtracting(options.set).subtracting(options.cleared)
            if !missing.isEmpty { try mount.mountSetattr(set: MountOptions.attributes(missing), target) }
        } catch {
            throw error.during("copy what \(target) covers")
        }
    }

    /// Whether each mount of this type makes a new filesystem that is used nowhere else.
    private var isNewFilesystem: Bool {
        switch type {
        case "tmpfs", "ramfs", "devpts", "proc", "overlay", "hugetlbfs": true
        default: false
        }
    }

    /// Whether the kernel has a single filesystem of this type for the whole machine, and may apply the options of a
    /// new mount to it (`reconfigure_single` of the kernel's fs/super.c). If it does, a container's "ro" would make the
    /// host's mount read-only.
    var hasOneForAll: Bool {
        switch type {
        case "debugfs", "tracefs", "devtmpfs", "securityfs", "configfs", "efivarfs", "pstore", "binfmt_misc",
            "fusectl", "selinuxfs", "smackfs":
            true
        default: false
        }
    }

    /// Whether the container trusts its content as the kernel's. An image must not use a link to choose where proc and
    /// sysfs are mounted (runc CVE-2019-19921).
    private var isKernelView: Bool { type == "proc" || type == "sysfs" }

    private var flags: MountFlags { isSealedLater ? options.set.subtracting(.readOnly) : options.set }

    /// Whether a tmpfs takes the mode of the directory it covers: it does if its options set no mode. The directory
    /// must also have been there before.
    private var takesModeOfDirectory: Bool {
        type == "tmpfs" && !options.data.contains { Path.begins($0, with: "mode=") }
    }

    private func make(_ mode: UInt32?, _ session: inout InsideSide) throws(Failure) -> Descriptor {
        let given = opened.map { session.descriptors.take($0) } ?? .none
        let context = given.isOpen ? FilesystemContext(given, of: type) : try fsopen(type)
        if let source, !source.isEmpty { try context.fsconfig("source", source) }
        for word in options.data {
            guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                try context.fsconfig(word)
                continue
            }
            try context.fsconfig(String(word[..<equals]), String(word[word.utf8.index(after: equals)...]))
        }
        if let label, type != "mqueue" { try context.fsconfig("context", label) }
        if let mode { try context.fsconfig("mode", String(mode, radix: 8)) }
        // fsconfig(2) would set these flags on the host's filesystem; here only the mount gets them.
        guard !hasOneForAll else { return try context.fsmount(MountOptions.attributes(flags)) }
        if flags.contains(.readOnly) { try context.fsconfig("ro") }
        if flags.contains(.synchronous) { try context.fsconfig("sync") }
        if flags.contains(.synchronousDirectories) { try context.fsconfig("dirsync") }
        if flags.contains(.lazyTime) { try context.fsconfig("lazytime") }
        return try context.fsmount(MountOptions.attributes(flags))
    }

    /// Whether nothing has to be done to the mount but to make it. Then the one call of mount(2) does what fsopen(2),
    /// fsconfig(2) for each option, fsmount(2) and move_mount(2) do. If it fails, those are tried all the same: they
    /// say which option the kernel refuses.
    private var isSimple: Bool {
        opened == nil && label == nil && !needsOldCall && !mayBeRemounted && !options.copiesUp
            && options.propagation.isEmpty && options.recursive.isEmpty && takesNoPath && isPlain
    }

    /// Whether neither the source nor an option of this type is a path. mount(2) acts on the current directory, which
    /// the image controls, and the kernel would start relative paths there.
    private var takesNoPath: Bool {
        switch type {
        case "tmpfs", "ramfs", "proc", "sysfs", "devpts", "mqueue", "hugetlbfs": true
        default: false
        }
    }

    /// Whether the options mean the same in one text: mount(2) cuts it at a page, and some filesystems read quotes.
    private var isPlain: Bool {
        options.data.reduce(0) { $0 + $1.utf8.count + 1 } < 4000
            && !options.data.contains { $0.utf8.contains(UInt8(ascii: "\\")) || $0.utf8.contains(UInt8(ascii: "\"")) }
    }

    private func mountAtOnce(on target: borrowing Descriptor, _ mode: UInt32?) throws(Failure) {
        try mountByOneCall(on: target, source: source == "" ? nil : source, options.data + Self.word(for: mode))
    }

    private static func word(for mode: UInt32?) -> [String] { mode.map { ["mode=\(String($0, radix: 8))"] } ?? [] }

    /// Calls mount(2) on the current directory, so that it follows no path.
    private func mountByOneCall(
        on target: borrowing Descriptor, source: String?, _ words: [String]
    ) throws(Failure) {
        try target.fchdir()
        defer { try? chdir("/") }
        try Linux.mount(
            source, on: ".", type: type, flags: flags, data: words.isEmpty ? nil : words.joined(separator: ","))
    }

    /// Whether mount(2) has to make the mount. A value for fsconfig(2) has at most 255 bytes, fsconfig(2) does not
    /// split a list of words with quoted commas, and it has no word for i_version.
    private var needsOldCall: Bool {
        !hasOneForAll && flags.contains(.inodeVersion)
            || (source ?? "").utf8.count > 255 || (label ?? "").utf8.count > 255
            || options.data.contains { $0.utf8.count > 255 || $0.utf8.contains(UInt8(ascii: ",")) }
    }

    private func mountByOldCall(
        on target: borrowing Descriptor, _ mode: UInt32?, _ session: inout InsideSide
    ) throws(Failure) {
        let words = options.data + Self.word(for: mode) + (label.map { ["context=\"\($0)\""] } ?? [])
        do throws(Failure) {
            try mountByOneCall(on: target, source: source ?? type, words)
        } catch {
            throw explained(error)
        }
        let mount = try session.root.openat2(self.target, .path)
        let status = try mount.status()
        guard status.isMountRoot, status.mountID != (try target.status().mountID) else {
            throw Failure("mount \(type) on \(self.target): the directory was replaced meanwhile")
        }
        if isNewFilesystem { session.ownFilesystems.insert(status.mountID) }
        if options.copiesUp { try copyUp(from: target, to: mount) }
        try options.applyPropagationAndRecursion(to: mount, self.target)
    }

    /// Adds to a failure of mount(2) the place and the options: the kernel names neither.
    private func explained(_ failure: Failure) -> Failure {
        var failure = failure
        failure.action =
            "mount \(type) on \(target) with the options \(options.data.map { quoted($0) }.joined(separator: " "))"
        // A flag of mount(8), such as "ro", may be joined to other words by commas. Then the whole word goes to the
        // filesystem, which does not know it.
        let joined = options.data.first { word in
            let parts = word.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
            return parts.count > 1 && parts.contains { MountOptions.meaning(of: $0) != nil }
        }
        guard let joined else { return failure }
        let parts = joined.utf8.split(separator: UInt8(ascii: ",")).map { quoted(String(Substring($0))) }
        return failure.hinting("\(quoted(joined)) is one word: write \(parts.joined(separator: ", "))")
    }
}
