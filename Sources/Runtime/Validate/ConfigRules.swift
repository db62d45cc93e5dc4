import Base
import CShim
import Linux
import OCI

/// What must hold between properties of config.json, beyond what each says alone: checked before anything is planned.
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

    /// The kernel would say only "invalid argument" (sethostname(2): __NEW_UTS_LEN).
    private static func checkName(_ name: String?, _ property: String, _ refuse: Refuse) throws(Failure) {
        let longest = Int(__NEW_UTS_LEN)
        guard let count = name?.utf8.count, count > longest else { return }
        try refuse(
            Failure(
                "the \(property) has \(count) bytes, Linux takes \(longest) at most", pointer: "/\(property)",
                code: .outOfRange))
    }

    /// Any 1.x: a later minor version adds properties, and changes none (config.md, "Specification version").
    private static func checkVersion(_ version: String, _ refuse: Refuse) throws(Failure) {
        let digits = version.utf8.prefix { $0 != UInt8(ascii: ".") }
        guard String(Substring(digits)) == "1", version.utf8.count > 2 else {
            return try refuse(
                Failure(
                    "unsupported ociVersion \(quoted(version))", pointer: "/ociVersion", hint: "apus knows 1.x",
                    code: .unsupportedVersion))
        }
    }

    /// What must hold of a process, that of config.json or that of `exec`.
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
