import Base
import CShim
import Linux
import OCI

/// Rules about how properties of config.json fit together, beyond what each property allows alone. They are checked
/// before anything is planned.
enum ConfigRules {
    /// - Throws: What `refuse` throws.
    static func check(_ config: Config, _ refuse: Refuse) throws(Failure) {
        try checkVersion(config.ociVersion, refuse)
        if let process = config.process { try check(process, at: ProcessPlace(), refuse) }
        try NamespaceRules.check(config, refuse)
        try SchemataRules.check(config.linux?.intelRdt, refuse)
        try checkAnnotations(config.annotations, refuse)
        try checkName(config.hostname, "hostname", refuse)
        try checkName(config.domainname, "domainname", refuse)
    }

    /// Checks the length of a host or domain name. The kernel would only say "invalid argument" (sethostname(2):
    /// __NEW_UTS_LEN).
    private static func checkName(_ name: String?, _ property: String, _ refuse: Refuse) throws(Failure) {
        let longest = Int(__NEW_UTS_LEN)
        guard let count = name?.utf8.count, count > longest else { return }
        try refuse(
            Failure(
                "the \(property) has \(count) bytes, Linux takes \(longest) at most", pointer: "/\(property)",
                code: .outOfRange))
    }

    /// Accepts any 1.x: a later minor version adds properties and changes none (config.md, "Specification version").
    private static func checkVersion(_ version: String, _ refuse: Refuse) throws(Failure) {
        let digits = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard String(Substring(digits)) == "1", version.utf8.count > 2 else {
            return try refuse(
                Failure(
                    "unsupported ociVersion \(quoted(version))", pointer: "/ociVersion", hint: "apus knows 1.x",
                    code: .unsupportedVersion))
        }
    }

    /// Checks a process: that of config.json or that of `exec`.
    static func check(_ process: Process, at place: ProcessPlace, _ refuse: Refuse) throws(Failure) {
        if process.args?.isEmpty ?? true {
            try refuse(Failure("args must not be empty", pointer: place("args"), code: .emptyValue))
        }
        for (index, argument) in (process.args ?? []).enumerated() {
            try checkLength(argument.utf8.count, "argument \(index)", place("args", "/\(index)"), refuse)
        }
        if process.cwd.utf8.first != UInt8(ascii: "/") {
            try refuse(Failure("Cwd must be an absolute path", pointer: place("cwd"), code: .relativePath))
        }
    }

    private static func checkAnnotations(_ annotations: Annotations?, _ refuse: Refuse) throws(Failure) {
        for annotation in annotations ?? [:] where annotation.key.isEmpty {
            try refuse(
                Failure("the key of an annotation must not be empty", pointer: "/annotations/", code: .emptyValue))
        }
    }
}

/// Rules about properties that need a namespace of the container's own (config-linux.md, "Namespaces" and "User
/// namespace mappings").
enum NamespaceRules {
    /// - Throws: What `refuse` throws.
    static func check(_ config: Config, _ refuse: Refuse) throws(Failure) {
        let namespaces = config.linux?.namespaces ?? []
        func find(_ kind: Namespace.Kind) -> Namespace? { namespaces.first { $0.type == kind } }
        if find(.mount) == nil { try refuseWithoutMounts(config, refuse) }
        if find(.uts) == nil {
            for (name, text) in [("hostname", config.hostname), ("domainname", config.domainname)]
            where text?.isEmpty == false {
                try refuse(
                    Failure(
                        "unable to set \(name) without a private UTS namespace", pointer: "/\(name)",
                        code: .missingNamespace))
            }
        }
        try checkMappings(config.linux, find(.user), refuse)
    }

    /// Refuses properties that, without a mount namespace, would hide or change the host's own files. `mounts` are not
    /// refused: they are made on the host, with a warning.
    private static func refuseWithoutMounts(_ config: Config, _ refuse: Refuse) throws(Failure) {
        let linux = config.linux
        let wishes: [(Bool, String)] = [
            (config.root?.readonly == true, "/root/readonly"),
            (linux?.maskedPaths?.isEmpty == false, "/linux/maskedPaths"),
            (linux?.readonlyPaths?.isEmpty == false, "/linux/readonlyPaths"),
            (linux?.rootfsPropagation?.isEmpty == false, "/linux/rootfsPropagation"),
        ]
        for (isWished, pointer) in wishes where isWished {
            try refuse(
                Failure(
                    "this needs a mount namespace of the container's own", pointer: pointer,
                    hint: "without one it would be done to the host: add {\"type\": \"mount\"} to linux.namespaces",
                    code: .missingNamespace))
        }
    }

    private static func checkMappings(
        _ linux: LinuxConfig?, _ user: Namespace?, _ refuse: Refuse
    ) throws(Failure) {
        let maps = [(linux?.uidMappings, "/linux/uidMappings"), (linux?.gidMappings, "/linux/gidMappings")]
        // If both maps are absent, a default is used (``OCI/LinuxConfig/withDefaultMappings``).
        let hasSome = maps.contains { $0.0?.isEmpty == false }
        for (map, pointer) in maps {
            let isEmpty = map?.isEmpty ?? true
            switch user {
            case nil where !isEmpty:
                try refuse(
                    Failure(
                        "id mappings need a user namespace", pointer: pointer,
                        hint: "add {\"type\": \"user\"} to linux.namespaces", code: .missingNamespace))
            case let user? where user.path?.isEmpty ?? true && isEmpty && hasSome:
                try refuse(
                    Failure(
                        "a new user namespace needs uidMappings and gidMappings", pointer: pointer,
                        code: .missingCompanion))
            default: break
            }
            try MappingRules.check(map ?? [], at: pointer, refuse)
        }
    }
}

/// The kernel's rules for the ranges of an id mapping (user_namespaces(7), "Defining user and group ID mappings"). They
/// are checked before anything is made, and the error names the wrong range.
enum MappingRules {
    /// How many ranges a map may have (since Linux 4.15).
    static let most = Int(UID_GID_MAP_MAX_EXTENTS)

    /// - Parameter pointer: Where `map` is in config.json.
    static func check(_ map: [IDMapping], at pointer: String, _ refuse: Refuse) throws(Failure) {
        if map.count > most {
            try refuse(
                Failure(
                    "\(map.count) ranges of ids are more than the \(most) that the kernel takes", pointer: pointer,
                    code: .outOfRange))
        }
        for (index, range) in map.enumerated() {
            try check(range, at: "\(pointer)/\(index)", refuse)
            for (number, other) in map[..<index].prefix(most).enumerated() {
                let inside = overlap(range.containerID, range.size, other.containerID, other.size)
                guard inside || overlap(range.hostID, range.size, other.hostID, other.size) else { continue }
                try refuse(
                    Failure(
                        "the ids of this range and of range \(number) overlap \(inside ? "inside" : "on the host")",
                        pointer: "\(pointer)/\(index)", code: .conflict))
                break
            }
        }
    }

    private static func check(_ range: IDMapping, at pointer: String, _ refuse: Refuse) throws(Failure) {
        if range.size == 0 {
            try refuse(Failure("a range of no ids", pointer: "\(pointer)/size", code: .outOfRange))
        }
        for (first, name) in [(range.containerID, "containerID"), (range.hostID, "hostID")]
        where UInt64(first) + UInt64(range.size) > UInt64(UInt32.max) {
            try refuse(
                Failure(
                    "the range from \(name) \(first) ends above the largest id, 4294967294", pointer: "\(pointer)/size",
                    code: .outOfRange))
            break
        }
    }

    private static func overlap(_ one: UInt32, _ size: UInt32, _ other: UInt32, _ otherSize: UInt32) -> Bool {
        UInt64(one) < UInt64(other) + UInt64(otherSize) && UInt64(other) < UInt64(one) + UInt64(size)
    }
}

/// Rules for `linux.intelRdt` (config-linux.md, "IntelRdt"): each entry becomes one line of resctrl's `schemata` file.
enum SchemataRules {
    static func check(_ intelRdt: IntelRdt?, _ refuse: Refuse) throws(Failure) {
        guard let intelRdt else { return }
        let place = "/linux/intelRdt"
        if let schema = intelRdt.memBwSchema, !Path.begins(schema, with: "MB:") || isSeveralLines(schema) {
            try refuse(
                Failure(
                    "memBwSchema must begin with MB: and be one line", pointer: "\(place)/memBwSchema",
                    code: .malformedValue))
        }
        for (index, line) in (intelRdt.schemata ?? []).enumerated() where isSeveralLines(line) {
            try refuse(
                Failure(
                    "an entry of schemata must be one line", pointer: "\(place)/schemata/\(index)",
                    code: .malformedValue))
        }
    }

    private static func isSeveralLines(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "\n")) }
}
