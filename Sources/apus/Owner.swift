import Base
import Linux

/// The name of a container's owner, from the host's /etc/passwd.
struct Owner {
    private let passwd: [UInt8]

    /// Looks names up in `passwd`, a text in the form of passwd(5).
    init(passwd: [UInt8]) { self.passwd = passwd }

    /// Looks names up in the host's /etc/passwd. If the file cannot be read, no user has a name.
    static func ofHost() -> Owner {
        do {
            let file = try open("/etc/passwd", .readOnly)
            return Owner(passwd: try file.readAll(limit: 16 << 20, "/etc/passwd"))
        } catch { return Owner(passwd: []) }
    }

    /// Returns the name of the user `uid`, a decimal number; `#uid` if the user has no name, as runc writes it.
    func word(_ uid: String) -> String {
        for line in passwd.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count == 4, !fields[0].isEmpty, fields[2].elementsEqual(uid.utf8) {
                return String(decoding: fields[0], as: UTF8.self)
            }
        }
        return "#\(uid)"
    }
}
