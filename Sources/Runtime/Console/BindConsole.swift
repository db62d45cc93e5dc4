import Base
import Linux

/// Puts the terminal on /dev/console, where an init system looks for it (config-linux.md, "Default Devices").
struct BindConsole: InsideWork {
    static var word: StaticString { "bind-console" }

    var summary: String { "bind the terminal on /dev/console" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let parent = try MountPoint.directory("/dev", inside: session.root, followingLinks: false)
        let target = try MountPoint.node("console", at: parent, "/dev/console")
        let tree = try cloneTree(of: session.terminalPeer, recursive: false, "the terminal")
        try attach(tree, to: target, "the terminal on /dev/console")
    }
}
