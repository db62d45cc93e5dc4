import Base
import Linux

/// Puts the terminal on /dev/console, where an init system looks for it (config-linux.md, "Default Devices").
struct BindConsole: Equatable {
    var summary: String { "bind the terminal on /dev/console" }

    func perform(_ session: borrowing InsideSession) throws(Failure) {
        let parent = try MountPoint.directory("/dev", inside: session.root, followingLinks: false)
        let target = try MountPoint.node("console", at: parent, "/dev/console")
        let tree = try session.terminalPeer.openTree(recursive: false, "the terminal")
        try tree.moveMount(to: target, "the terminal on /dev/console")
    }
}
