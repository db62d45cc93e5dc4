/// The ranges of ids that a user may map in its user namespaces, besides its own id (subuid(5), subgid(5)).
struct GrantedIDs: Equatable {
    /// The ranges, in the file's order.
    let ranges: [SubordinateIDs.Range]

    /// Finds the ranges of a user in the text of /etc/subuid or /etc/subgid.
    init(of user: UInt32, named name: String?, in text: String) {
        let user = SubordinateIDs.User(name: name, id: user)
        ranges = SubordinateIDs.ranges(text).filter { user.owns($0) }
    }

    /// How many ids there are.
    var count: UInt64 { ranges.reduce(0) { $0 + UInt64($1.count) } }

    /// `100000-165535`
    var text: String {
        ranges.map { "\($0.first)-\(UInt64($0.first) + UInt64($0.count) - 1)" }.joined(separator: ", ")
    }
}
