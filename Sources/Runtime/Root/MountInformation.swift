import Base
import Linux

/// A line of /proc/PID/mountinfo, with the parts that the runtime needs (proc_pid_mountinfo(5)).
struct MountInformation: Equatable {
    /// Field 1, the mount's id: the same number as STATX_MNT_ID of statx(2).
    var id: UInt64
    /// Field 2: the id of the mount it stands on. The first mount of a namespace names itself.
    var parent: UInt64
    /// Field 4: the directory of the filesystem that is mounted.
    var root: String
    /// Field 5: the mountpoint, seen from the process's root.
    var destination: String
    /// The field after the dash: the filesystem's type.
    var type: String
    /// The last field: options of the filesystem, separated by commas.
    var filesystemOptions: String

    /// Whether it shows the whole proc or sysfs, not a part of it.
    var isWholeKernelView: Bool { (type == "proc" || type == "sysfs") && root == "/" }

    /// - Returns: nil for a line that does not have this form.
    init?(_ line: Substring.UTF8View.SubSequence) {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count > 6, let id = UInt64(Substring(fields[0])), let parent = UInt64(Substring(fields[1])),
            let dash = fields[6...].firstIndex(where: { $0.elementsEqual("-".utf8) }), dash + 1 < fields.count
        else { return nil }
        self.id = id
        self.parent = parent
        root = Self.unescaped(fields[3])
        destination = Self.unescaped(fields[4])
        type = String(Substring(fields[dash + 1]))
        filesystemOptions = dash + 3 < fields.count ? String(Substring(fields[dash + 3])) : ""
    }

    /// Reads the mounts of our own mount namespace that are below our root, in the kernel's order.
    static func ofOurNamespace(_ proc: borrowing Proc) throws(Failure) -> [MountInformation] {
        let limit = 64 << 20
        let text = try proc.follow("self/mountinfo", .readOnly).readAll(limit: limit, "/proc/self/mountinfo")
        return list(String(decoding: text, as: UTF8.self))
    }

    static func list(_ text: String) -> [MountInformation] {
        Substring(text).utf8.split(separator: UInt8(ascii: "\n")).compactMap { MountInformation($0) }
    }

    /// Decodes a field: the kernel writes space, tab, newline and backslash as `\` and three octal digits.
    private static func unescaped(_ field: Substring.UTF8View.SubSequence) -> String {
        var bytes: [UInt8] = []
        var rest = field[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(Substring(digits), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [MountInformation] {
    /// The ids of the mount `root` and of all mounts below it.
    func ids(below root: UInt64) -> Set<UInt64> {
        var children: [UInt64: [UInt64]] = [:]
        for mount in self where mount.parent != mount.id { children[mount.parent, default: []].append(mount.id) }
        var ids: Set<UInt64> = []
        var waiting = [root]
        while let id = waiting.popLast() {
            if ids.insert(id).inserted { waiting += children[id] ?? [] }
        }
        return ids
    }
}
