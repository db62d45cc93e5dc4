import Base
import OCI

/// What can only be had with a namespace of the container's own (config-linux.md, "Namespaces" and "User namespace
/// mappings").
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

    /// Without a mount namespace these would hide or change what is the host's. `mounts` are made on the host then, with a warning.
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
        // With neither there is a default (``OCI/LinuxConfig/withDefaultMappings``).
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
