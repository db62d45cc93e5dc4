import Base
import Linux
import OCI

/// What must hold between properties of config.json, beyond what each says alone: checked before anything is planned.
enum ConfigRules {
    /// - Throws: The first ``Failure``, at its place.
    static func check(_ config: Config) throws(Failure) {
        try checkVersion(config.ociVersion)
        try checkProcess(config.process)
        try refuseUnsupported(config)
        try checkNamespaces(config)
    }

    /// Any 1.x: a later minor version adds properties, and changes none (config.md, "Specification version").
    private static func checkVersion(_ version: String) throws(Failure) {
        let digits = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard String(Substring(digits)) == "1", version.utf8.count > 2 else {
            throw Failure("unsupported ociVersion \(quoted(version))", pointer: "/ociVersion", hint: "apus knows 1.x")
        }
    }

    private static func checkProcess(_ process: Process?) throws(Failure) {
        guard let process else { return }
        guard let args = process.args, !args.isEmpty else {
            throw Failure("args must not be empty", pointer: "/process/args")
        }
        for (index, argument) in args.enumerated() where argument.utf8.contains(0) {
            throw Failure("an argument must not hold a NUL", pointer: "/process/args/\(index)")
        }
        guard process.cwd.utf8.first == UInt8(ascii: "/"), !process.cwd.utf8.contains(0) else {
            throw Failure("Cwd must be an absolute path", pointer: "/process/cwd")
        }
    }

    private static func checkNamespaces(_ config: Config) throws(Failure) {
        let namespaces = config.linux?.namespaces ?? []
        func find(_ kind: Namespace.Kind) -> Namespace? { namespaces.first { $0.type == kind } }
        if find(.mount) == nil { try refuseMounts(config) }
        if find(.uts) == nil {
            if config.hostname?.isEmpty == false {
                throw Failure("unable to set hostname without a private UTS namespace", pointer: "/hostname")
            }
            if config.domainname?.isEmpty == false {
                throw Failure("unable to set domainname without a private UTS namespace", pointer: "/domainname")
            }
        }
        try checkMappings(config.linux, find(.user))
    }

    /// Without a mount namespace everything mounted would be mounted on the host.
    private static func refuseMounts(_ config: Config) throws(Failure) {
        let linux = config.linux
        let wishes: [(Bool, String)] = [
            (config.mounts?.isEmpty == false, "/mounts"), (config.root?.readonly == true, "/root/readonly"),
            (linux?.maskedPaths?.isEmpty == false, "/linux/maskedPaths"),
            (linux?.readonlyPaths?.isEmpty == false, "/linux/readonlyPaths"),
            (linux?.rootfsPropagation?.isEmpty == false, "/linux/rootfsPropagation"),
        ]
        for (isWished, pointer) in wishes where isWished {
            throw Failure(
                "mounts need a mount namespace of the container's own", pointer: pointer,
                hint: "without one they would be made on the host: add {\"type\": \"mount\"} to linux.namespaces")
        }
    }

    private static func checkMappings(_ linux: LinuxConfig?, _ user: Namespace?) throws(Failure) {
        let maps = [(linux?.uidMappings, "/linux/uidMappings"), (linux?.gidMappings, "/linux/gidMappings")]
        for (map, pointer) in maps {
            let isEmpty = map?.isEmpty ?? true
            switch user {
            case nil where !isEmpty:
                throw Failure(
                    "id mappings need a user namespace", pointer: pointer,
                    hint: "add {\"type\": \"user\"} to linux.namespaces")
            case let user? where user.path?.isEmpty ?? true && isEmpty:
                throw Failure("a new user namespace needs uidMappings and gidMappings", pointer: pointer)
            default: continue
            }
        }
    }

    /// What the spec has and apus does not do yet.
    private static func refuseUnsupported(_ config: Config) throws(Failure) {
        func refuse(_ isAsked: Bool, _ what: String, _ pointer: String) throws(Failure) {
            if isAsked { throw Failure.notYet(what).at(pointer) }
        }
        try refuse(config.process?.terminal == true, "process.terminal", "/process/terminal")
    }
}
