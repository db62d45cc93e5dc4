import Base
import Linux
import OCI

/// The ids that root has given to an ordinary user for containers: the lines of the user in /etc/subuid and /etc/subgid
/// (subuid(5)). newuidmap(1) and newgidmap(1), which root has installed with the right to, map them.
struct SubordinateIDs {
    enum Kind: Equatable {
        case user
        case group

        /// `uid` or `gid`.
        var word: String { self == .user ? "uid" : "gid" }
    }

    /// A line of the file: the ids that belong to `owner`, a name or a number.
    struct Range: Equatable {
        var owner: String
        var first: UInt32
        var count: UInt32

        var text: String { "\(first):\(count)" }

        func contains(_ other: IDMapping) -> Bool {
            other.hostID >= first && UInt64(other.hostID) + UInt64(other.size) <= UInt64(first) + UInt64(count)
        }

        func overlaps(_ other: Range) -> Bool {
            UInt64(first) < UInt64(other.first) + UInt64(other.count)
                && UInt64(other.first) < UInt64(first) + UInt64(count)
        }
    }

    /// A user, by the two names that the file may use.
    struct User {
        var name: String?
        var id: UInt32

        var text: String { name ?? "\(id)" }

        func owns(_ range: Range) -> Bool { range.owner == name || range.owner == "\(id)" }

        /// Our own user.
        static var own: User {
            let id = Identity.effectiveUser
            guard let root = try? open("/", [.path, .directory]) else { return User(name: nil, id: id) }
            return User(name: Passwd.name(of: id, inside: root), id: id)
        }
    }

    let kind: Kind

    /// `newuidmap`
    private var helper: String { "new\(kind.word)map" }
    /// `/etc/subuid`
    private var file: String { "/etc/sub\(kind.word)" }

    /// How long a helper may run, in nanoseconds. It may ask a name service over the network.
    private static let patience: Int64 = 30_000_000_000

    /// Has the helper write the map of the user namespace of the process `pid`.
    ///
    /// - Returns: A warning if another user has some of the same ids; nil if none has.
    /// - Throws: ``Failure`` with the helper's own words, and what usually helps.
    func map(_ map: [IDMapping], for pid: Int32) throws(Failure) -> Failure? {
        guard let path = Self.find(helper) else {
            throw Failure(
                "\(helper) is not installed, and without root it alone may map more than one's own \(kind.word)",
                hint: "install it (Debian: uidmap, Fedora: shadow-utils), or map one \(kind.word) alone: "
                    + "{\"containerID\": 0, \"hostID\": \(ownID), \"size\": 1}", code: .missingFile)
        }
        var words = [helper, "\(pid)"]
        for range in map { words += ["\(range.containerID)", "\(range.hostID)", "\(range.size)"] }
        let outcome = try Spawn(path: path, arguments: words, timeout: Self.patience).run()
        if case .exited(0) = outcome.end, !outcome.ranOutOfTime {
            return Self.sharing(allRanges ?? [], of: .own, file: file)
        }
        let said = outcome.errors.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        var text = said.joined(separator: "; ")
        if outcome.ranOutOfTime { text = "it did not end within \(Self.patience / 1_000_000_000) s" }
        if text.isEmpty { text = "it failed without a word" }
        // The helper begins each line with its own name.
        if !text.utf8.starts(with: helper.utf8) { text = "\(helper): \(text)" }
        throw Failure("map the \(kind.word)s of the user namespace: \(text)", hint: hint(map))
    }

    private var ownID: UInt32 { kind == .user ? Identity.effectiveUser : Identity.effectiveGroup }

    /// Finds a helper in our own PATH, or else in the folders where systems have it. Callers may give us no PATH.
    private static func find(_ name: String) -> String? {
        let folders = (ThisProcess.environment("PATH") ?? "").utf8.split(separator: UInt8(ascii: ":")).map {
            String(Substring($0))
        }
        let usual = ["/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin"]
        for folder in folders + usual where folder.utf8.first == UInt8(ascii: "/") {
            let path = "\(folder)/\(name)"
            if let found = try? status(path), found.kind == .regular, found.permissions & 0o111 != 0 { return path }
        }
        return nil
    }

    // MARK: What helps

    private func hint(_ map: [IDMapping]) -> String? {
        guard let ranges = allRanges else { return "\(file) cannot be read; root adds ranges with \(command)" }
        return Self.hint(map, own: ownID, ranges, of: .own, file: file, command: command)
            ?? "\(helper) needs its set-user-ID bit or its file capability, and a caller without no_new_privs"
    }

    /// All ranges of the file; nil if it cannot be read.
    private var allRanges: [Range]? {
        let text = try? open(file, .readOnly).readAll(limit: 1 << 20, file)
        return text.map { Self.ranges(String(decoding: $0, as: UTF8.self)) }
    }

    private var command: String { "usermod --add-sub\(kind.word)s 100000-165535 USER" }

    /// Says why a map is refused, as far as the file shows it; nil if the file allows the map.
    ///
    /// - Parameters:
    ///   - own: Our own id, which needs no range.
    ///   - user: Our user, as the file may name it.
    static func hint(
        _ map: [IDMapping], own: UInt32, _ ranges: [Range], of user: User, file: String, command: String
    ) -> String? {
        let name = user.text
        let ours = ranges.filter { user.owns($0) }
        guard !ours.isEmpty else { return "\(file) has no range for user \(name): root adds one with \(command)" }
        let isOwn = { (range: IDMapping) in range.hostID == own && range.size == 1 }
        guard let lost = map.first(where: { range in !isOwn(range) && !ours.contains { $0.contains(range) } }) else {
            return nil
        }
        let given = ours.map { $0.text }.joined(separator: ", ")
        let wish = "\(lost.hostID):\(lost.size)"
        return "\(file) gives user \(name) \(given), and \(wish) is not inside: "
            + "map less, or root adds a range with \(command)"
    }

    /// Warns if another user has ids of ours: that user's processes can reach files and processes of the container.
    static func sharing(_ ranges: [Range], of user: User, file: String) -> Failure? {
        for ours in ranges where user.owns(ours) {
            guard let other = ranges.first(where: { !user.owns($0) && $0.overlaps(ours) }) else { continue }
            return Failure(
                "\(file) gives \(other.text) to user \(other.owner) and \(ours.text) to user \(user.text): they overlap, "
                    + "and each can reach the other's containers", hint: "root changes one of the two lines")
        }
        return nil
    }

    /// Parses the file; a line of another form counts for nothing.
    static func ranges(_ text: String) -> [Range] {
        text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard parts.count == 3, let first = UInt32(Substring(parts[1])), let count = UInt32(Substring(parts[2])),
                count > 0
            else { return nil }
            return Range(owner: String(Substring(parts[0])), first: first, count: count)
        }
    }
}
