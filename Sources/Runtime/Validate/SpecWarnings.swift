import Base
import OCI

/// Finds what the spec advises against, what it keeps only for old configurations, and what apus reads and ignores.
/// None of this keeps a container from being made, so `create` does not check it. The exception is `intelRdt`: it is an
/// error, but a step of `create` first reports whether this host has resctrl at all.
enum SpecWarnings {
    /// All warnings, in the order of the spec.
    static func all(_ config: Config) -> [(Problem.Level, Failure)] {
        version(config.ociVersion) + hooks(config.hooks) + process(config.process) + mounts(config.mounts ?? [])
            + devices(config.linux?.devices ?? []) + SeccompAdvice.all(config.linux?.seccomp, config.process)
            + processors(config.linux?.resources?.cpu) + intelRdt(config.linux?.intelRdt)
    }

    /// "MUST be in SemVer v2.0.0 format" (config.md, "Specification version"): nothing depends on what follows the 1.
    private static func version(_ version: String) -> [(Problem.Level, Failure)] {
        let numbers = version.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        let parts = numbers.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isWellFormed =
            parts.count == 3
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) }
                    && (part.count == 1 || part.first != 0x30)
            }
        guard !isWellFormed else { return [] }
        let what = "ociVersion \(quoted(version)) is not of the form MAJOR.MINOR.PATCH (SemVer 2.0.0)"
        return [(.warning, Failure(what, pointer: "/ociVersion", code: .malformedValue))]
    }

    private static func hooks(_ hooks: Hooks?) -> [(Problem.Level, Failure)] {
        guard hooks?.prestart?.isEmpty == false else { return [] }
        let what = "prestart hooks are deprecated"
        return [
            (
                .warning,
                Failure(
                    what, pointer: "/hooks/prestart", hint: "use createRuntime, createContainer or startContainer",
                    code: .deprecated)
            )
        ]
    }

    private static func process(_ process: Process?) -> [(Problem.Level, Failure)] {
        var advice: [(Problem.Level, Failure)] = []
        if process == nil {
            let what = "start needs a process to run; create does not"
            advice.append((.warning, Failure(what, pointer: "/process", code: .missingRequired)))
        }
        if process?.consoleSize != nil, process?.terminal != true {
            let what = "consoleSize is ignored without a terminal"
            advice.append((.info, Failure(what, pointer: "/process/consoleSize", code: .noEffect)))
        }
        if process?.commandLine != nil {
            let what = "commandLine is for Windows and is ignored"
            advice.append((.info, Failure(what, pointer: "/process/commandLine", code: .noEffect)))
        }
        return advice
    }

    private static func mounts(_ mounts: [Mount]) -> [(Problem.Level, Failure)] {
        var advice: [(Problem.Level, Failure)] = []
        for (index, mount) in mounts.enumerated() {
            let pointer = "/mounts/\(index)"
            for (place, word) in (mount.options ?? []).enumerated() where word.isEmpty {
                let what = "an empty option means nothing"
                advice.append((.warning, Failure(what, pointer: "\(pointer)/options/\(place)", code: .emptyValue)))
            }
            let isMapped = mount.uidMappings?.isEmpty == false || mount.gidMappings?.isEmpty == false
            let saysSo = (mount.options ?? []).contains {
                Path.begins($0, with: "idmap") || Path.begins($0, with: "ridmap")
            }
            if isMapped, !saysSo {
                let what = "id mappings without the option idmap or ridmap are ignored by older runtimes"
                advice.append((.warning, Failure(what, pointer: "\(pointer)/options", code: .discouraged)))
            }
        }
        return advice
    }

    /// Warns about equal devices: "The same type, major and minor SHOULD NOT be used for multiple devices"
    /// (config-linux.md, "Devices").
    private static func devices(_ devices: [Device]) -> [(Problem.Level, Failure)] {
        var advice: [(Problem.Level, Failure)] = []
        var seen: Set<DevicePattern> = []
        for (index, device) in devices.enumerated() {
            let pointer = "/linux/devices/\(index)"
            if let mode = device.fileMode, mode > 0o777 {
                let what = "only the nine permission bits of fileMode \(mode) are the spec's"
                advice.append((.warning, Failure(what, pointer: "\(pointer)/fileMode", code: .outOfRange)))
            }
            // Another rule checks the range of the numbers. The type "u" means the same as "c".
            guard device.type != "p", let major = device.major, let minor = device.minor else { continue }
            let pattern = DevicePattern(
                kind: device.type == "b" ? .block : .character, major: UInt32(truncatingIfNeeded: major),
                minor: UInt32(truncatingIfNeeded: minor))
            guard !seen.insert(pattern).inserted else { continue }
            let what = "an earlier entry has the same type, major and minor"
            advice.append((.warning, Failure(what, pointer: pointer, code: .duplicateDevice)))
        }
        return advice
    }

    private static func processors(_ cpu: CPUResources?) -> [(Problem.Level, Failure)] {
        var advice: [(Problem.Level, Failure)] = []
        for (name, list) in [("cpus", cpu?.cpus), ("mems", cpu?.mems)] {
            guard let list, !list.isEmpty, NumberList(list) == nil else { continue }
            let what = "\(quoted(list)) is not a list such as 0-3,7"
            let pointer = "/linux/resources/cpu/\(name)"
            advice.append((.warning, Failure(what, pointer: pointer, code: .malformedValue)))
        }
        return advice
    }

    private static func intelRdt(_ intelRdt: IntelRdt?) -> [(Problem.Level, Failure)] {
        guard let intelRdt else { return [] }
        let refusal = (Problem.Level.error, Failure.notYet("linux.intelRdt").at("/linux/intelRdt"))
        guard let schema = intelRdt.l3CacheSchema,
            !Path.begins(schema, with: "L3:") || schema.utf8.contains(UInt8(ascii: "\n"))
        else { return [refusal] }
        let what = "l3CacheSchema should begin with L3: and be one line"
        let pointer = "/linux/intelRdt/l3CacheSchema"
        return [refusal, (.warning, Failure(what, pointer: pointer, code: .malformedValue))]
    }
}
