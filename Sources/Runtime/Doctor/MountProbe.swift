import Base
import CShim
import Linux
import OCI

/// Tries mounts, in a mount namespace of a child process.
enum MountProbe {
    /// The namespaces in which the calling user may mount: root needs no user namespace.
    static func namespaces(isPrivileged: Bool) -> NamespaceFlags { isPrivileged ? .mount : [.user, .mount] }

    private static func isPrivileged() -> Bool { HostFile.ownStatus.capabilities.effective.contains(.administration) }

    /// Tries each call of the mount API. Nothing is mounted outside the child's mount namespace, because the first
    /// thing is to make its mounts receivers only.
    static func api() -> Answer {
        Probe.ask(in: namespaces(isPrivileged: isPrivileged())) { () throws(Failure) in
            try becomeReceiver()
            let tree = try openTree("/", recursive: true)
            try tree.mountSetattr(set: .noSetuid, "/")
            let mount = try fsopen("tmpfs").fsmount([.noSetuid])
            try mount.moveMount(to: try open("/", [.path, .directory]), "tmpfs")
        }
    }

    /// Cuts the mounts of the new mount namespace off from those of the host: mounts made here do not appear there.
    static func becomeReceiver() throws(Failure) {
        let answer = shim_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, 0, 0, UInt64(MS_SLAVE), -1)
        try check(answer, "mount_setattr", "cut the mounts off from the host's")
    }

    /// Gives a copy of the mount at `path` other owners.
    static func idMapped(_ path: String) -> Answer {
        Probe.ask(in: isPrivileged() ? .mount : []) { () throws(Failure) in
            let tree = try openTree(path, recursive: false)
            try tree.mountSetattr(idmap: try someNamespace(), recursive: false, path)
        }
    }

    /// Gives a new tmpfs other owners.
    static func idMappedTmpfs() -> Answer {
        Probe.ask(in: isPrivileged() ? .mount : []) { () throws(Failure) in
            let mount = try fsopen("tmpfs").fsmount([])
            try mount.mountSetattr(idmap: try someNamespace(), recursive: false, "tmpfs")
        }
    }

    /// Gives a new overlay other owners.
    static func idMappedOverlay() -> Answer {
        Probe.ask(in: isPrivileged() ? .mount : []) { () throws(Failure) in
            let namespace = try someNamespace()
            try becomeReceiver()
            try mountOverlay(options: "")
            try openTree("\(stage)/merged", recursive: false)
                .mountSetattr(idmap: namespace, recursive: false, "overlay")
        }
    }

    /// Mounts an overlay as root of a new user namespace.
    static func overlayInUserNamespace() -> Answer {
        let ids = (user: shim_geteuid(), group: shim_getegid())
        return Probe.ask(in: [.user, .mount]) { () throws(Failure) in
            try Probe.becomeRoot(of: ids)
            try becomeReceiver()
            try mountOverlay(options: ",userxattr")
        }
    }

    /// A directory that every host has. A tmpfs covers it for the child alone.
    private static let stage = "/proc"

    /// Mounts an overlay below ``stage``. /proc can be covered, since everything that needs it was done before.
    private static func mountOverlay(options: String) throws(Failure) {
        try mount("tmpfs", on: stage, type: "tmpfs", flags: [], data: nil)
        let folder = try open(stage, [.path, .directory])
        for name in ["lower", "upper", "work", "merged"] { try folder.mkdirat(name, mode: 0o755) }
        try mount(
            "overlay", on: "\(stage)/merged", type: "overlay", flags: [],
            data: "lowerdir=\(stage)/lower,upperdir=\(stage)/upper,workdir=\(stage)/work\(options)")
    }

    /// A user namespace that maps one id to another. Root has that id in every user namespace.
    private static func someNamespace() throws(Failure) -> Descriptor {
        let map = IDMapping {
            $0.containerID = 1
            $0.hostID = 0
            $0.size = 1
        }
        return try IDMaps(uids: [map], gids: [map]).namespace(try Proc.host())
    }
}
