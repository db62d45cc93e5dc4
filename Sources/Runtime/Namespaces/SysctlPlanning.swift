import Base
import Linux
import OCI

/// Decides which sysctls a container may set: those that the kernel keeps per namespace. Any other would change the
/// host.
enum SysctlPlanning {
    /// - Parameters:
    ///   - name: A name with dots or slashes. The first separator decides which, as in sysctl(8):
    ///     `net/ipv4/conf/eth0.1/x`.
    ///   - has: Whether the container has a namespace of that kind of its own.
    /// - Throws: ``Failure`` for a sysctl of the host, or of a namespace that the container shares.
    static func plan(
        _ name: String, _ value: String, has: (Namespace.Kind) -> Bool
    ) throws(Failure) -> Sysctl {
        guard let path = path(name), !value.utf8.contains(0) else {
            throw Failure("sysctl \(quoted(name)) is not a sysctl's name", code: .malformedValue)
        }
        if path == "kernel/hostname" {
            throw Failure(
                "sysctl \(quoted(name)) is not allowed", hint: "use config.json's hostname", code: .conflict)
        }
        guard let kind = namespace(of: path) else {
            throw Failure(
                "sysctl \(quoted(name)) is not in a separate kernel namespace",
                hint: "it would change the host: set it there", code: .forbidden)
        }
        guard has(kind) else {
            throw Failure(
                "sysctl \(quoted(name)) is not allowed without a \(kind.word) namespace of the container's own",
                hint: "add {\"type\": \"\(kind.word)\"} to linux.namespaces", code: .missingNamespace)
        }
        return Sysctl(path: path, value: value)
    }

    /// Returns a step for each entry of `linux.sysctl`.
    static func steps(
        _ sysctls: Entries<String>?, has: (Namespace.Kind) -> Bool, _ refuse: Refuse
    ) throws(Failure) -> [Placed<InsideStep>] {
        var steps: [Placed<InsideStep>] = []
        for entry in sysctls ?? [:] {
            let pointer = "/linux/sysctl/\(JSONPointer.token(entry.key))"
            do throws(Failure) {
                steps.append(inside(.sysctl(try plan(entry.key, entry.value, has: has)), pointer))
            } catch {
                try refuse(error.at(pointer))
            }
        }
        return steps
    }

    /// Returns the kind of namespace that keeps a sysctl; nil for a sysctl of the whole machine, and for a malformed
    /// name.
    static func namespace(ofName name: String) -> Namespace.Kind? { path(name).flatMap(namespace(of:)) }

    /// Returns the file below /proc/sys; nil for a malformed name.
    private static func path(_ name: String) -> String? {
        let dot = UInt8(ascii: "."), slash = UInt8(ascii: "/")
        let usesSlashes = name.utf8.first { $0 == dot || $0 == slash } == slash
        // With dots as separators, a slash in the name stands for a dot in the file.
        let bytes = usesSlashes ? Array(name.utf8) : name.utf8.map { $0 == dot ? slash : $0 == slash ? dot : $0 }
        let files = bytes.split(separator: slash, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard files.count > 1, files.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
        return files.joined(separator: "/")
    }

    private static func namespace(of path: String) -> Namespace.Kind? {
        switch path {
        case "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem", "kernel/shmall", "kernel/shmmax",
            "kernel/shmmni", "kernel/shm_rmid_forced":
            return .ipc
        case "kernel/domainname": return .uts
        default: break
        }
        if Path.begins(path, with: "fs/mqueue/") { return .ipc }
        if Path.begins(path, with: "net/") { return .network }
        if Path.begins(path, with: "user/") { return .user }
        return nil
    }
}
