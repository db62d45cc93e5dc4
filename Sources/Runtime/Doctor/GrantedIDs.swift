/// The ranges of ids that a user may map in its user namespaces, besides its own id (subuid(5), subgid(5)).
struct GrantedIDs: Equatable {
    struct Range: Equatable {
        var first: UInt32
        var count: UInt32
    }

    /// The ranges, in the file's order.
    var ranges: [Range] = []

    /// Finds the ranges of a user in the text of /etc/subuid or /etc/subgid.
    ///
    /// A line is `NAME:FIRST:COUNT`, where the name may also be the user's number. A line of another form is skipped,
    /// as newuidmap(1) does.
    init(of user: UInt32, named name: String?, in text: String) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard fields.count == 3, let first = UInt32(Substring(fields[1])), let count = UInt32(Substring(fields[2])),
                UInt32(Substring(fields[0])) == user || name.map({ fields[0].elementsEqual($0.utf8) }) ?? false
            else { continue }
            ranges.append(Range(first: first, count: count))
        }
    }

    /// How many ids there are.
    var count: UInt64 { ranges.reduce(0) { $0 + UInt64($1.count) } }

    /// `100000-165535`
    var text: String {
        ranges.map { "\($0.first)-\(UInt64($0.first) + UInt64($0.count) - 1)" }.joined(separator: ", ")
    }

    /// Finds the name of a user in the text of /etc/passwd.
    static func name(of user: UInt32, in text: String) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            if fields.count > 2, UInt32(Substring(fields[2])) == user { return String(Substring(fields[0])) }
        }
        return nil
    }
}
