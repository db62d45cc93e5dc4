import Base
import Linux
import OCI

/// Where the container's program finds the socket at which it can tell that it is ready (sd_notify(3)): a folder of the
/// container's own, so that it can be bound into the container before the socket is there, as `start` makes it.
enum NotifyFolder {
    /// In the container's folder.
    static let name = "notify"
    /// In it.
    static let socket = "notify.sock"
    /// In the container, as in runc's.
    static let destination = "/run/notify"

    /// What the container's program is told.
    static let variable = (name: "NOTIFY_SOCKET", value: "\(destination)/\(socket)")

    /// The mount that shows it in the container.
    static func mount(of request: Request) -> Mount {
        Mount(
            destination: destination, source: "\(request.root)/\(request.id.text)/\(name)",
            options: ["bind", "nosuid", "noexec", "nodev", "ro"])
    }

    /// Removes it, with the socket.
    ///
    /// - Parameter folder: The container's.
    static func remove(from folder: borrowing Descriptor) throws(Failure) {
        let own = try folder.openat(name, [.path, .directory, .noFollow])
        do throws(Failure) { try own.unlinkat(socket) } catch  where error.errno == .ENOENT {}
        try folder.unlinkat(name, isDirectory: true)
    }
}

/// Makes it, for everybody to read: in a user namespace nobody there owns it.
struct MakeNotifyFolder: Equatable {
    var summary: String { "make a folder for \(NotifyFolder.variable.name)" }

    func perform(_ session: borrowing HostSession) throws(Failure) {
        try session.folder.directory.mkdirat(NotifyFolder.name, mode: 0o755)
        try session.folder.directory.fchmodat(NotifyFolder.name, mode: 0o755)
    }
}
