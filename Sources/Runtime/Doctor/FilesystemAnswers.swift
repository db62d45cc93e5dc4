import Base
import Linux

/// Which filesystems can be mounted with other owners (idmapped mounts), and whether an overlay can be mounted in a
/// user namespace.
struct FilesystemAnswers: Equatable {
    /// A filesystem that is mounted here, by its type.
    struct Mounted: Equatable {
        var type: String
        /// A directory on it.
        var path: String
        var answer: Answer
    }

    /// The filesystems of `--root` and of the current directory, and ext4 if one is mounted.
    var mounted: [Mounted] = []
    var tmpfs = Answer.works
    var overlay = Answer.works
    var overlayInUserNamespace = Answer.works

    /// - Parameter root: `--root`, which need not exist.
    static func probe(root: String) throws(Failure) -> FilesystemAnswers {
        var answers = FilesystemAnswers()
        let mounts = try MountInformation.ofOurNamespace(try Proc.host())
        for path in [existing(root), "."] {
            guard let id = try? status(path).mountID, let mount = mounts.first(where: { $0.id == id }) else { continue }
            answers.add(mount.type, path)
        }
        if let mount = mounts.last(where: { $0.type == "ext4" && HostFile.exists($0.destination) }) {
            answers.add(mount.type, mount.destination)
        }
        answers.tmpfs = MountProbe.idMappedTmpfs()
        answers.overlay = MountProbe.idMappedOverlay()
        answers.overlayInUserNamespace = MountProbe.overlayInUserNamespace()
        return answers
    }

    private mutating func add(_ type: String, _ path: String) {
        guard type != "tmpfs", type != "overlay", !mounted.contains(where: { $0.type == type }) else { return }
        mounted.append(Mounted(type: type, path: path, answer: MountProbe.idMapped(path)))
    }

    /// The deepest directory on the way to `path` that exists.
    private static func existing(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, !HostFile.exists(path) {
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.utf8.startIndex else {
                return "/"
            }
            path = String(path[..<slash])
        }
        return path
    }

    /// The lines about it.
    var findings: [Finding] {
        var findings: [Finding] = []
        for one in mounted { findings.append(Self.line(one.type, one.answer, at: one.path)) }
        findings.append(Self.line("tmpfs", tmpfs))
        findings.append(Self.line("overlay", overlay))
        findings.append(
            Finding(
                "overlay in a user namespace", overlayInUserNamespace,
                for: "image layers of an engine that runs without root",
                remedy: "user namespaces and the overlay module, or fuse-overlayfs"))
        return findings
    }

    private static func line(_ type: String, _ answer: Answer, at path: String? = nil) -> Finding {
        let newer =
            switch type {
            case "tmpfs": "Linux 6.3 or newer, as root of the host"
            case "overlay": "map the ids of the layers below it (Linux 5.19), as containerd and Podman do"
            case "ext4", "xfs", "btrfs", "vfat", "f2fs", "erofs": "Linux 5.15 or newer, as root of the host"
            default: "another filesystem: this kernel cannot map the ids of every kind"
            }
        return Finding(
            "idmapped mounts of \(type)", answer, path ?? "",
            for: "volumes and images in a container with a user namespace, without chown", remedy: newer)
    }
}
