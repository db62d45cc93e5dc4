import Linux

/// How init, or the process of `exec`, is made: one clone3(2), which makes the new namespaces and puts it into its cgroup.
struct Birth: Equatable {
    /// Whether the container has an init already, whose namespaces the new process joins.
    var joinsInit = false
    /// Whether init's own cgroup is taken where that of the container takes no births: an init that manages cgroups moves
    /// itself into one below.
    var mayFollowInit = false
    /// Those made new by the clone. Cgroup and time namespaces cannot be.
    var namespaces: NamespaceFlags = []

    var summary: String {
        var text = "clone \(joinsInit ? "the process" : "init")"
        if mayFollowInit { text += ", in init's own cgroup where the container's takes none" }
        let words = namespaces.words
        if !words.isEmpty { text += " with new namespaces: \(words.joined(separator: ", "))" }
        return text
    }
}

extension NamespaceFlags {
    /// The spec's words.
    var words: [String] {
        var words: [String] = []
        if contains(.user) { words.append("user") }
        if contains(.mount) { words.append("mount") }
        if contains(.pid) { words.append("pid") }
        if contains(.network) { words.append("network") }
        if contains(.ipc) { words.append("ipc") }
        if contains(.uts) { words.append("uts") }
        if contains(.cgroup) { words.append("cgroup") }
        if contains(.time) { words.append("time") }
        return words
    }
}
