import Base

/// The unit in which systemd keeps the container: a scope, whose processes somebody else starts, or a slice
/// (systemd.scope(5), systemd.slice(5)).
struct SystemdUnit: Equatable, Sendable {
    /// `apus-one.scope`, or `pod.slice`.
    let name: String
    /// The slice that it is in: `system.slice`.
    let slice: String
    /// The cgroups from systemd's own down to the unit's: `a.slice`, `a-b.slice`, `apus-one.scope`.
    let parts: [String]

    var isSlice: Bool { Path.ends(name, with: ".slice") }

    /// Works out the unit as runc does.
    ///
    /// - Parameters:
    ///   - cgroupsPath: `linux.cgroupsPath`: `SLICE:PREFIX:NAME`, for the unit `PREFIX-NAME.scope` in SLICE, or
    ///     `NAME` itself if it ends in `.slice`. An empty SLICE is the slice for containers. If the path is absent or
    ///     empty, the unit is `apus-ID.scope`.
    ///   - isUser: Whether it is a user's systemd, whose slice for containers is another one.
    init(_ cgroupsPath: String?, id: String, isUser: Bool) throws(Failure) {
        let wish = cgroupsPath ?? ""
        let pointer = "/linux/cgroupsPath"
        var fields = ["", "apus", id]
        if !wish.isEmpty {
            fields = wish.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            guard fields.count == 3 else {
                throw Failure(
                    "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \(quoted(wish)) instead",
                    pointer: pointer, hint: "leave --systemd-cgroup out if the path is one below /sys/fs/cgroup",
                    code: .malformedValue)
            }
        }
        slice = fields[0].isEmpty ? (isUser ? "user.slice" : "system.slice") : fields[0] == "-" ? "-.slice" : fields[0]
        if Path.ends(fields[2], with: ".slice") {
            name = fields[2]
        } else {
            name = (fields[1].isEmpty ? "" : fields[1] + "-") + fields[2] + ".scope"
        }
        let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
        guard isName, !fields[2].isEmpty, name.utf8.count <= 255, name.utf8.first != UInt8(ascii: ".") else {
            throw Failure("\(quoted(name)) is no name of a systemd unit", pointer: pointer, code: .malformedValue)
        }
        parts = try Self.expand(slice, at: pointer) + [name]
    }

    /// Lists the cgroups of a slice. The slice `a-b.slice` is in `a.slice`; `-.slice` is the root.
    private static func expand(_ slice: String, at pointer: String) throws(Failure) -> [String] {
        if slice == "-.slice" { return [] }
        let name = Path.ends(slice, with: ".slice") ? String(Substring(slice.utf8.dropLast(6))) : ""
        let words = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard !name.isEmpty, !words.contains(""), name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F }),
            name.utf8.first != UInt8(ascii: ".")
        else {
            throw Failure(
                "invalid slice name: \(slice)", pointer: pointer, hint: "such as system.slice or a-b.slice",
                code: .malformedValue)
        }
        var parts: [String] = []
        var prefix = ""
        for word in words {
            prefix += (prefix.isEmpty ? "" : "-") + word
            parts.append(prefix + ".slice")
        }
        return parts
    }
}
