import Base
import CShim
import Linux

/// The path of the container's cgroup below the cgroup2 mount.
///
/// The parts are those of a cleaned path: no part is empty, `.` or `..`, and there is at least one. So the root of the
/// hierarchy is never a container's cgroup.
struct CgroupPath: Equatable, Sendable {
    /// Where cgroup v2 is mounted: usually at `/sys/fs/cgroup`. A host that has cgroup v1 too ("hybrid") has its mounts
    /// there, and v2 beside them.
    static let mountPoint: String = {
        let (usual, hybrid) = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
        // In this order one call is enough on most hosts: there is no such folder.
        guard isCgroup2(hybrid), !isCgroup2(usual) else { return usual }
        return hybrid
    }()

    private static func isCgroup2(_ path: String) -> Bool {
        guard let directory = try? Linux.open(path, [.path, .directory]) else { return false }
        return (try? directory.filesystem().type) == UInt64(CGROUP2_SUPER_MAGIC)
    }

    private(set) var parts: [String]

    /// Works out the path as runc does without `--systemd-cgroup`.
    ///
    /// - Parameters:
    ///   - cgroupsPath: `linux.cgroupsPath`. An absolute path starts at the mount. A relative one starts beside our own
    ///     cgroup: a cgroup that has processes, as ours does, can have no children with limits. If it is absent or
    ///     empty, the cgroup is named after the container's id and made beside our own. `..` stops at the mount, or
    ///     beside our own cgroup. Here systemd's form `slice:prefix:name` is an ordinary name.
    ///   - id: The container's id.
    ///   - own: Our own cgroup, as ``own(in:)`` reads it.
    /// - Throws: ``Failure`` if the path names no cgroup that could be the container's.
    init(_ cgroupsPath: String?, id: String, own: String) throws(Failure) {
        let pointer = "/linux/cgroupsPath"
        let wish = cgroupsPath ?? ""
        guard !wish.utf8.contains(0) else {
            throw Failure("cgroupsPath has a NUL in it", pointer: pointer, code: .nulCharacter)
        }
        let clean = Self.clean(wish.isEmpty ? id : wish)
        guard let last = clean.last else {
            throw Failure(
                "cgroupsPath \(quoted(wish)) names no cgroup of the container's own", pointer: pointer,
                hint: "the last part must be a name: /parent/name", code: .malformedValue)
        }
        if wish.utf8.first == UInt8(ascii: "/") {
            parts = clean
        } else {
            parts = try Self.parent(of: own) + clean.dropLast() + [last]
        }
    }

    /// The cgroup of a unit.
    ///
    /// - Parameter base: systemd's own cgroup; "" for the root.
    init(of unit: SystemdUnit, below base: String) { parts = Self.clean(base) + unit.parts }

    /// Reads back a path that ``text`` wrote, such as `/parent/name`.
    ///
    /// - Throws: ``Failure`` if the path is not clean. Then apus did not write this record, and no cgroup is touched.
    init(recorded text: String) throws(Failure) {
        parts = Self.clean(text)
        guard !parts.isEmpty, self.text == text else { throw Failure("no cgroup path: \(quoted(text))") }
    }

    /// `/parent/name`, as /proc/PID/cgroup shows it.
    var text: String { "/" + relative }

    /// The path from the mount: ``text`` without its first `/`.
    var relative: String { parts.joined(separator: "/") }

    /// The path on the host: `/sys/fs/cgroup/parent/name`.
    var onHost: String { Self.mountPoint + text }

    /// The path of the first `count` parts, from the mount; 0 gives the mount itself.
    func prefix(_ count: Int) -> String { count == 0 ? "." : parts.prefix(count).joined(separator: "/") }

    /// Whether `other` is this cgroup or one below it, compared part by part: `/a/bc` is not below `/a/b`.
    func contains(_ other: CgroupPath) -> Bool { other.parts.starts(with: parts) }

    /// Makes the path of a cgroup below this one, for `exec --cgroup`.
    ///
    /// - Parameter name: The path from this cgroup, with or without a leading `/`.
    /// - Throws: ``Failure`` if a part is `..`, which could lead to another container's cgroup.
    func child(_ name: String) throws(Failure) -> CgroupPath {
        guard !name.utf8.contains(0), !name.utf8.split(separator: UInt8(ascii: "/")).contains(where: Self.isUp) else {
            throw Failure("bad sub cgroup path: \(quoted(name))")
        }
        var child = self
        child.parts += Self.clean(name)
        return child
    }

    /// Finds our own cgroup in the text of /proc/self/cgroup: the line of cgroup v2.
    ///
    /// - Returns: nil if there is no such line, as on a host with cgroup v1 alone.
    static func own(in text: String) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: "0::".utf8) {
            return String(Substring(line.dropFirst(3)))
        }
        return nil
    }

    /// Splits a path into parts. `..` removes the part before it.
    private static func clean(_ path: String) -> [String] {
        var parts: [String] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            if isUp(part) {
                parts = parts.dropLast()
            } else if !part.elementsEqual(".".utf8) {
                parts.append(String(Substring(part)))
            }
        }
        return parts
    }

    private static func isUp(_ part: Substring.UTF8View) -> Bool { part.elementsEqual("..".utf8) }

    private static func parent(of own: String) throws(Failure) -> [String] {
        // If a process is moved to a cgroup outside its own cgroup namespace, it sees a path such as `/../other`.
        guard !own.utf8.split(separator: UInt8(ascii: "/")).contains(where: isUp) else {
            throw Failure(
                "our own cgroup \(own) is outside of our cgroup namespace", hint: "give an absolute cgroupsPath")
        }
        return clean(own).dropLast()
    }
}
