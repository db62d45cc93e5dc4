import Base

/// /etc/passwd of a container, read for one thing alone: where a user is at home (passwd(5)).
///
/// The file belongs to the image, so it may be anything: a FIFO, a device, ten gigabytes, one endless line
/// (moby/sys/user CVE-2026-61801). It is read only where it is a regular file, at most ``limit`` bytes of it, and lines
/// over ``longestLine`` are skipped. It never decides who the process is.
public struct Passwd: ~Copyable {
    /// How much of the file is looked at: 10 MiB.
    public static let limit = 10 << 20
    /// The longest line that is looked at, in bytes.
    public static let longestLine = 4096

    /// The home directory of `uid` below the container's `root`, nil where the file, the user or the home is not to be
    /// had for whatever reason: the caller then takes `/`.
    public static func home(of uid: UInt32, inside root: borrowing Descriptor) -> String? {
        do throws(Failure) {
            // First without opening it for good, for the open of a device can have effects of its own.
            let found = try Linux.open("/etc/passwd", inside: root, .path).status()
            guard found.kind == .regular else { return nil }
            let file = try Linux.open(
                "/etc/passwd", inside: root, [.readOnly, .nonBlocking, .noControllingTerminal])
            return try home(of: uid, in: file)
        } catch {
            return nil
        }
    }

    /// The home directory of `uid` in an open file, which is read from where it stands, `limit` bytes at most.
    ///
    /// - Returns: nil where `file` is not a regular one, or does not know the user.
    /// - Throws: ``Failure`` of `read` or `statx`.
    static func home(
        of uid: UInt32, in file: borrowing Descriptor, limit: Int = Passwd.limit
    ) throws(Failure) -> String? {
        guard try file.status().kind == .regular else { return nil }
        var search = PasswdSearch(uid: uid)
        var buffer = [UInt8](repeating: 0, count: 16384)
        var left = limit
        while !search.isDone {
            // At the limit the last line may be half a line, so it is not looked at.
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
        return search.home
    }
}

/// Finds one user's home in the lines of a passwd(5) file, given piece by piece.
struct PasswdSearch {
    private let uid: UInt32
    private var line: [UInt8] = []
    private var isTooLong = false
    /// Whether the user's line was met; the first one counts.
    private(set) var isDone = false
    /// The home in that line; nil where it is empty, no UTF-8, or holds a NUL.
    private(set) var home: String?

    init(uid: UInt32) { self.uid = uid }

    /// Goes on with the next bytes of the file.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard !isDone else { return }
            if byte == UInt8(ascii: "\n") {
                end()
            } else if line.count < Passwd.longestLine {
                line.append(byte)
            } else {
                isTooLong = true
            }
        }
    }

    /// Ends a line, as a newline or the end of the file does.
    mutating func end() {
        if !isDone, !isTooLong { look() }
        line.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    /// name:password:UID:GID:comment:HOME:shell
    private mutating func look() {
        let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 6, omittingEmptySubsequences: false)
        guard fields.count >= 6, let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "+"),
            first != UInt8(ascii: "-"), Self.number(fields[2]) == uid
        else { return }
        isDone = true
        guard !fields[5].isEmpty, !fields[5].contains(0) else { return }
        home = String(validating: fields[5], as: UTF8.self)
    }

    /// A plain decimal number and nothing else; a half-read number would be another user (crun CVE-2026-30892).
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
