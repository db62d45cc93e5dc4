import Base
import CShim

/// The /etc/passwd of a container, read only to find a user's home directory (passwd(5)), and that of the host, read only
/// to tell a person the name of a user.
///
/// The file belongs to the image, so it may be anything: a FIFO, a device, ten gigabytes, one endless line
/// (moby/sys/user CVE-2026-61801). We read only a regular file, and at most ``limit`` bytes of it. Of a line, however
/// long its comment is, we keep only the id and a home of at most ``longestHome``. The file never decides which user
/// the process is.
public struct Passwd: ~Copyable {
    /// The most that is read of the file: 10 MiB.
    public static let limit = 10 << 20
    /// The longest home in bytes: the kernel accepts no longer path (PATH_MAX, with the NUL at its end).
    public static let longestHome = Int(PATH_MAX) - 1

    /// Finds the home directory of `uid` below the container's `root`; nil if the file, the user or the home cannot be
    /// read for any reason. The caller then uses `/`.
    public static func home(of uid: UInt32, inside root: borrowing Descriptor) -> String? {
        find(uid, inside: root)?.home
    }

    /// Finds the name of `uid` in the same file; nil as for ``home(of:inside:)``.
    public static func name(of uid: UInt32, inside root: borrowing Descriptor) -> String? {
        find(uid, inside: root)?.name
    }

    private static func find(_ uid: UInt32, inside root: borrowing Descriptor) -> PasswdSearch? {
        do throws(Failure) {
            // O_PATH first, since a real open of a device can have effects of its own.
            let found = try root.openat2("/etc/passwd", .path).status()
            guard found.kind == .regular else { return nil }
            let file = try root.openat2("/etc/passwd", [.readOnly, .nonBlocking, .noControllingTerminal])
            return try find(uid, in: file)
        } catch {
            return nil
        }
    }

    /// Finds the line of `uid` in an open file, from its current offset, in at most `limit` bytes.
    ///
    /// - Returns: nil if `file` is not a regular file, or does not have the user.
    /// - Throws: ``Failure`` of `read` or `statx`.
    static func find(
        _ uid: UInt32, in file: borrowing Descriptor, limit: Int = Passwd.limit
    ) throws(Failure) -> PasswdSearch? {
        guard try file.status().kind == .regular else { return nil }
        var search = PasswdSearch(uid: uid)
        var buffer = [UInt8](repeating: 0, count: 16384)
        var left = limit
        while !search.isDone {
            // At the limit the last line may be incomplete, so we ignore it.
            guard left > 0 else { return nil }
            var count = 0
            var failure: Failure?
            buffer.withUnsafeMutableBytes { bytes in
                do throws(Failure) { count = try file.read(into: bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            if count == 0 { search.end() }
            guard count > 0 else { break }
            search.take(buffer[..<min(count, left)])
            left -= count
        }
        return search.isDone ? search : nil
    }
}

/// Finds one user's name and home in the lines of a passwd(5) file, which comes in pieces.
struct PasswdSearch {
    private let uid: UInt32
    /// The field of `name:password:UID:GID:comment:HOME:shell` that the next byte belongs to, from 0.
    private var field = 0
    private var first: UInt8?
    private var title: [UInt8] = []
    private var digits: [UInt8] = []
    private var place: [UInt8] = []
    /// Whether the user's line was found; the first one counts.
    private(set) var isDone = false
    /// The home in that line; nil if it is empty, too long, not UTF-8, or has a NUL.
    private(set) var home: String?
    /// The name in that line; nil if it is empty, too long, or not UTF-8.
    private(set) var name: String?

    init(uid: UInt32) { self.uid = uid }

    /// Reads the next bytes of the file.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard !isDone else { return }
            switch byte {
            case UInt8(ascii: "\n"): end()
            case UInt8(ascii: ":"):
                first = first ?? byte
                field = min(field + 1, 6)
            default: add(byte)
            }
        }
    }

    /// The longest name in bytes (LOGIN_NAME_MAX, with the NUL at its end).
    private static let longestName = 255

    /// Keeps one byte more of each of the three fields than is valid: enough to see that it is too long.
    private mutating func add(_ byte: UInt8) {
        first = first ?? byte
        if field == 0, title.count <= Self.longestName { title.append(byte) }
        if field == 2, digits.count <= 10 { digits.append(byte) }
        if field == 5, place.count <= Passwd.longestHome { place.append(byte) }
    }

    /// Ends a line, at a newline or at the end of the file.
    mutating func end() {
        if !isDone { look() }
        (field, first) = (0, nil)
        title.removeAll(keepingCapacity: true)
        digits.removeAll(keepingCapacity: true)
        place.removeAll(keepingCapacity: true)
    }

    private mutating func look() {
        guard field >= 5, let first, first != UInt8(ascii: "#"), first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
            Self.number(digits[...]) == uid
        else { return }
        isDone = true
        if !title.isEmpty, title.count <= Self.longestName { name = String(validating: title, as: UTF8.self) }
        guard !place.isEmpty, place.count <= Passwd.longestHome, !place.contains(0) else { return }
        home = String(validating: place, as: UTF8.self)
    }

    /// Accepts only a plain decimal number; a number read in part would be another user (crun CVE-2026-30892).
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard !digits.isEmpty, digits.count <= 10 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        return UInt32(exactly: number)
    }
}
