import Base
import Linux

/// An entry of `mounts` with the option `remount` and no `bind`: gives new flags to an existing mount.
///
/// It changes only the flags of the mount. mount(2) with MS_REMOUNT would change the whole filesystem, which may be
/// mounted elsewhere too: behind a bind, or behind an image's link to a bind, it is the host's. So init does that only
/// to a filesystem that an earlier entry of this config.json made.
struct Remount: InsideWork {
    static var word: StaticString { "remount" }

    var target: String
    var options: MountOptions

    var summary: String { "remount \(target) (\(options.words)), the filesystem only if it is the container's own" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let target = try session.root.openat2(self.target, .path)
        let status = try target.status()
        guard status.isMountRoot else {
            throw Failure("remount \(self.target): nothing is mounted there", "mount", .EINVAL)
        }
        if session.ownFilesystems.contains(status.mountID) {
            try target.fchdir()
            let data = options.data.isEmpty ? nil : options.data.joined(separator: ",")
            try Linux.mount(nil, on: ".", type: nil, flags: options.set, data: data)
            try chdir("/")
        } else {
            try refuseFilesystemOptions()
            try options.setFlags(of: target, self.target, self.target)
        }
        try options.applyPropagationAndRecursion(to: target, self.target)
    }

    private func refuseFilesystemOptions() throws(Failure) {
        let ofFilesystem: MountFlags = [
            .synchronous, .synchronousDirectories, .mandatoryLocks, .inodeVersion, .lazyTime,
        ]
        guard !options.data.isEmpty || !options.set.isDisjoint(with: ofFilesystem) else { return }
        throw Failure(
            "remount \(target) (\(options.words)): its filesystem is not one that an earlier mount has made",
            hint: "it may be the host's, so only flags of the mount can be changed, such as ro",
            code: .conflict)
    }
}
