import Base

/// Where the container's cgroup is, below the cgroup2 mount.
///
/// The parts are those of a cleaned path: none is empty, `.` or `..`, and there is at least one. The root of the
/// hierarchy is never a container's cgroup.
struct CgroupPath: Equatable, Sendable {
    private(set) var parts: [String]

    /// Works out the path as runc does without `--systemd-cgroup`.
    ///
    /// - Parameters:
    ///   - cgroupsPath: `linux.cgroupsPath`. Absolute: below the mount. Relative: beside our own cgroup, which has
    ///     processes and so can have no limited children. Absent or empty: the container's id, beside our own cgroup.
    ///     `..` cannot lead out: it ends at the mount, or beside our own cgroup. The form of systemd,
    ///     `slice:prefix:name`, is a name like any other here.
    ///   - id: The container's id.
    ///   - own: Our own cgroup, as ``own(in:)`` reads it.
    ///   - isSystemd: Whether `--systemd-cgroup` was given.
    /// - Throws: ``Failure`` where the path names no cgroup that could be the container's.
    init(_ cgroupsPath: String?, id: String, own: String, isSystemd: Bool = false) throws(Failure) {
        let pointer = "/linux/cgroupsPath"
        let wish = cgroupsPath ?? ""
        guard !isSystemd else {
            throw Failure(
                "the systemd cgroup driver is not supported yet", pointer: wish.isEmpty ? nil : pointer,
                hint: "leave --systemd-cgroup out"
                    + (Self.isSystemdForm(wish) ? " and give a cgroupsPath of the form /parent/name" : ""),
                code: .notSupported)
        }
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

    /// The path that ``text`` wrote down, such as `/parent/name`.
    ///
    /// - Throws: ``Failure`` where it is not clean: then the record is not ours, and nothing is touched by it.
    init(recorded text: String) throws(Failure) {
        parts = Self.clean(text)
        guard !parts.isEmpty, self.text == text else { throw Failure("no cgroup path: \(quoted(text))") }
    }

    /// `/parent/name`, as /proc/PID/cgroup shows it.
    var text: String { "/" + relative }

    /// The same without the first `/`: from the mount.
    var relative: String { parts.joined(separator: "/") }

    /// `/sys/fs/cgroup/parent/name`
    var onHost: String { Cgroup.mountPoint + text }

    /// The first `count` parts, from the mount; 0 is the mount itself.
    func prefix(_ count: Int) -> String { count == 0 ? "." : parts.prefix(count).joined(separator: "/") }

    /// Whether `other` is this cgroup or one below it, compared part by part: `/a/bc` is not below `/a/b`.
    func contains(_ other: CgroupPath) -> Bool { other.parts.starts(with: parts) }

    /// A cgroup below this one, as `exec --cgroup` names it.
    ///
    /// - Parameter name: Taken from this cgroup, with or without a leading `/`.
    /// - Throws: ``Failure`` where it has a part `..`, which could lead to another container's cgroup.
    func child(_ name: String) throws(Failure) -> CgroupPath {
        guard !name.utf8.contains(0), !name.utf8.split(separator: UInt8(ascii: "/")).contains(where: Self.isUp) else {
            throw Failure("bad sub cgroup path: \(quoted(name))")
        }
        var child = self
        child.parts += Self.clean(name)
        return child
    }

    /// Our own cgroup: the line of cgroup v2 in the text of /proc/self/cgroup.
    ///
    /// - Returns: nil where there is none, as on a host with cgroup v1 alone.
    static func own(in text: String) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: "0::".utf8) {
            return String(Substring(line.dropFirst(3)))
        }
        return nil
    }

    /// Whether the text has systemd's form `slice:prefix:name`.
    static func isSystemdForm(_ text: String) -> Bool {
        !text.utf8.contains(UInt8(ascii: "/")) && text.utf8.count { $0 == UInt8(ascii: ":") } == 2
    }

    /// The parts of a path, with `..` taking back the part before it.
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
        // A process that was put into a cgroup outside its own cgroup namespace sees `/../other`.
        guard !own.utf8.split(separator: UInt8(ascii: "/")).contains(where: isUp) else {
            throw Failure(
                "our own cgroup \(own) is outside of our cgroup namespace", hint: "give an absolute cgroupsPath")
        }
        return clean(own).dropLast()
    }
}
