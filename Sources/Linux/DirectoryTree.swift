import Base
import CShim

/// The directories below a directory that somebody else fills.
///
/// Whoever made the tree may have made it as deep and as wide as he liked, and with names that are no text. So nothing
/// is called in itself, two descriptors are open at a time, names stay bytes, and there is a deadline. What is made or
/// removed meanwhile may be missed.
public enum DirectoryTree {
    /// Removes the directories below `top`, the deepest first, as far as they can be removed: of cgroups, those in which
    /// no process is left (rmdir(2) of a cgroup takes its files along).
    ///
    /// - Parameters:
    ///   - top: A directory; it stays. O_PATH is enough.
    ///   - deadline: On ``Clock/monotonic()``, in nanoseconds.
    public static func removeDirectories(below top: borrowing Descriptor, until deadline: Int64) throws(Failure) {
        try walk(
            top, until: deadline,
            enter: { parent, name in !remove(name, at: parent) },
            visit: { _ throws(Failure) in },
            leave: { parent, name in _ = remove(name, at: parent) })
    }

    /// Calls `visit` with `top` and every directory below it, opened for reading, each before those below it.
    ///
    /// - Parameter deadline: On ``Clock/monotonic()``, in nanoseconds.
    public static func visit(
        _ top: borrowing Descriptor, until deadline: Int64, _ visit: (borrowing Descriptor) throws(Failure) -> Void
    ) throws(Failure) {
        try walk(top, until: deadline, enter: { _, _ in true }, visit: visit, leave: { _, _ in })
    }

    /// A directory on the way down.
    private struct Level {
        var name: [CChar]
        /// The directories in it that are still to be entered.
        var rest: [[CChar]]
    }

    private static func walk(
        _ top: borrowing Descriptor, until deadline: Int64,
        enter: (borrowing Descriptor, [CChar]) -> Bool,
        visit: (borrowing Descriptor) throws(Failure) -> Void,
        leave: (borrowing Descriptor, [CChar]) -> Void
    ) throws(Failure) {
        var current = try open(".", at: top, [.readOnly, .directory])
        try visit(current)
        var levels = [Level(name: [], rest: try directories(in: current))]
        while let depth = levels.indices.last, Clock.monotonic() < deadline {
            if let name = levels[depth].rest.popLast() {
                guard enter(current, name), let child = child(name, of: current) else { continue }
                current = child
                try visit(current)
                levels.append(Level(name: name, rest: try directories(in: current)))
            } else {
                let name = levels.removeLast().name
                guard depth > 0 else { return }
                current = try open("..", at: current, [.readOnly, .directory])
                leave(current, name)
            }
        }
    }

    /// - Returns: nil where it is gone, or is none of ours to open.
    private static func child(_ name: [CChar], of parent: borrowing Descriptor) -> Descriptor? {
        let flags: OpenFlags = [.readOnly, .directory, .noFollow]
        let number = shim_openat(parent.number, name, flags.rawValue, 0)
        return number < 0 ? nil : Descriptor(owning: number)
    }

    /// - Returns: Whether the directory is gone.
    private static func remove(_ name: [CChar], at parent: borrowing Descriptor) -> Bool {
        let removeDirectory: CInt = 0x200
        let answer = shim_unlinkat(parent.number, name, removeDirectory)
        return answer == 0 || answer == -Errno.ENOENT.rawValue
    }

    /// The names of the directories in a directory, without `.` and `..`, each with its closing NUL (getdents64(2)).
    private static func directories(in directory: borrowing Descriptor) throws(Failure) -> [[CChar]] {
        let lengthOffset = 16, kindOffset = 18, nameOffset = 19
        let isDirectory: UInt8 = 4
        let number = directory.number
        var names: [[CChar]] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = try check(
                buffer.withUnsafeMutableBytes { shim_getdents64(number, $0.baseAddress, $0.count) }, "getdents64",
                "list a directory")
            guard count > 0 else { return names }
            var offset = 0
            while offset + nameOffset < count {
                let length = Int(buffer[offset + lengthOffset]) | Int(buffer[offset + lengthOffset + 1]) << 8
                let end = min(offset + max(length, nameOffset), count)
                let name = buffer[(offset + nameOffset)..<end].prefix { $0 != 0 }
                if buffer[offset + kindOffset] == isDirectory, !name.elementsEqual(".".utf8),
                    !name.elementsEqual("..".utf8)
                {
                    names.append(name.map { CChar(bitPattern: $0) } + [0])
                }
                offset = end
            }
        }
    }
}
