import Base
import CShim

/// Walks the directories below a directory that other processes fill.
///
/// The tree may be of any depth and width, with names that are not UTF-8. So there is no recursion, only two
/// descriptors are open at a time, names stay bytes, and there is a deadline. Directories that are made or removed
/// during the walk may be missed.
public enum DirectoryTree {
    /// Removes the directories below `top`, the deepest first, as far as they can be removed. Of cgroups, these are
    /// the ones without processes (rmdir(2) of a cgroup removes its files too).
    ///
    /// - Parameters:
    ///   - top: A directory; it stays. O_PATH is enough.
    ///   - deadline: On ``Clock/monotonic()``, in nanoseconds.
    public static func removeDirectories(below top: borrowing Descriptor, until deadline: Int64) throws(Failure) {
        try walk(
            top, until: deadline,
            enter: { parent, name in !removeDirectory(name, of: parent) },
            visit: { _ throws(Failure) in },
            leave: { parent, name in _ = removeDirectory(name, of: parent) })
    }

    /// Calls `visit` with `top` and every directory below it, opened for reading. A directory comes before those below
    /// it.
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
        /// Its directories that are still to be entered.
        var rest: [[CChar]]
    }

    private static func walk(
        _ top: borrowing Descriptor, until deadline: Int64,
        enter: (borrowing Descriptor, [CChar]) -> Bool,
        visit: (borrowing Descriptor) throws(Failure) -> Void,
        leave: (borrowing Descriptor, [CChar]) -> Void
    ) throws(Failure) {
        var current = try top.openat(".", [.readOnly, .directory])
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
                current = try current.openat("..", [.readOnly, .directory])
                leave(current, name)
            }
        }
    }

    /// - Returns: nil if it is gone, or if we may not open it.
    private static func child(_ name: [CChar], of parent: borrowing Descriptor) -> Descriptor? {
        let flags: OpenFlags = [.readOnly, .directory, .noFollow]
        let number = shim_openat(parent.number, name, flags.rawValue, 0)
        return number < 0 ? nil : Descriptor(owning: number)
    }

    /// - Returns: Whether the directory is gone.
    private static func removeDirectory(_ name: [CChar], of parent: borrowing Descriptor) -> Bool {
        let answer = shim_unlinkat(parent.number, name, AT_REMOVEDIR)
        return answer == 0 || answer == -Errno.ENOENT.rawValue
    }

    /// Returns the names of the directories in a directory.
    private static func directories(in directory: borrowing Descriptor) throws(Failure) -> [[CChar]] {
        try directory.entries().filter { $0.isDirectory }.map { $0.name }
    }
}
