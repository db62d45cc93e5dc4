/// One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).
struct MountEntry: Equatable {
    var line: String
    var id: String
    var parent: String
    /// The part of the filesystem that is mounted.
    var root: String
    var destination: String
    /// Options of the mount: `ro`, `nosuid` ...
    var options: [String]
    /// `shared:N`, `master:N`, `unbindable`; empty for a private one.
    var propagation: [String]
    var type: String
    var source: String
    /// Options of the filesystem.
    var superOptions: [String]

    init?(_ line: String) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard fields.count > 8, let dash = fields.firstIndex(of: "-"), fields.count >= dash + 4 else { return nil }
        self.line = line
        id = fields[0]
        parent = fields[1]
        root = fields[3]
        destination = fields[4]
        options = fields[5].split(separator: ",").map(String.init)
        propagation = Array(fields[6..<dash])
        type = fields[dash + 1]
        source = fields[dash + 2]
        superOptions = fields[dash + 3].split(separator: ",").map(String.init)
    }

    func has(_ option: String) -> Bool { options.contains(option) }
}

/// The mounts of a mount namespace, in their order.
struct MountTable {
    var entries: [MountEntry]

    /// Reads the text of a mountinfo file and skips lines that are no mounts.
    init(_ text: String) { entries = text.lines.compactMap(MountEntry.init) }

    /// The topmost mount on `destination`.
    subscript(destination: String) -> MountEntry? { entries.last { $0.destination == destination } }

    /// The mounts of our own namespace.
    static var here: [MountEntry] { MountTable(Files.value("/proc/self/mountinfo") ?? "").entries }
}
