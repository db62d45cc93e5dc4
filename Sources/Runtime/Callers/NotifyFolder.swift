import Base
import Linux
import OCI

/// The folder of the socket on which the container's program can say that it is ready (sd_notify(3)). Each container
/// has its own folder, so that the folder can be bound into the container before `start` makes the socket.
enum NotifyFolder {
    /// The folder's name in the container's folder.
    static let name = "notify"
    /// The socket's name in this folder.
    static let socket = "notify.sock"
    /// The folder's path in the container, as in runc.
    static let destination = "/run/notify"

    /// The variable that tells the container's program where the socket is.
    static let variable = (name: "NOTIFY_SOCKET", value: "\(destination)/\(socket)")

    /// The mount that shows the folder of container `id` in the container. `root` is `--root`.
    static func mount(of id: ContainerID, root: String) -> Mount {
        Mount {
            $0.destination = destination
            $0.source = "\(root)/\(id.text)/\(name)"
            $0.options = ["bind", "nosuid", "noexec", "nodev", "ro"]
        }
    }

    /// Removes the folder, with the socket.
    ///
    /// - Parameter folder: The container's folder.
    static func remove(from folder: borrowing Descriptor) throws(Failure) {
        let own = try folder.openat(name, [.path, .directory, .noFollow])
        do throws(Failure) { try own.unlinkat(socket) } catch  where error.errno == .ENOENT {}
        try folder.unlinkat(name, isDirectory: true)
    }
}
