import Base
import OCI

/// `unified`: files of cgroup v2, given by name. The runtime need not know them.
///
/// They are written last, so that they override what the other sections wrote. A value of several lines is written line
/// by line, as files such as `io.max` require.
enum UnifiedFiles {
    /// - Parameter pointer: Where `unified` is in config.json.
    static func files(
        _ unified: Entries<String>, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        for entry in unified {
            let place = "\(pointer)/\(JSONPointer.token(entry.key))"
            do throws(Failure) { try check(entry.key, at: place) } catch { try refuse(error) }
            for line in entry.value.utf8.split(separator: UInt8(ascii: "\n")) {
                files.append(CgroupWrite(name: entry.key, value: String(Substring(line)), pointer: place))
            }
        }
        return files
    }

    /// Warns about entries that write nothing.
    static func warnings(_ unified: Entries<String>, at pointer: String) -> [ResourceWarning] {
        unified.filter { $0.value.utf8.allSatisfy { $0 == UInt8(ascii: "\n") } }.map { entry in
            ResourceWarning(
                message: "\(entry.key) is empty: nothing is written",
                pointer: "\(pointer)/\(JSONPointer.token(entry.key))")
        }
    }

    private static func check(_ name: String, at pointer: String) throws(Failure) {
        guard !name.utf8.contains(UInt8(ascii: "/")) else {
            throw Failure(
                "unified resource \(quoted(name)) must be a file name (no slashes)", pointer: pointer,
                code: .malformedValue)
        }
        let parts = name.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            throw Failure(
                "unified resource \(quoted(name)) must be in the form CONTROLLER.PARAMETER", pointer: pointer,
                code: .malformedValue)
        }
        switch name {
        case "cgroup.freeze", "cgroup.kill":
            throw Failure(
                "unified resource \(quoted(name)) would stop the container before it starts", pointer: pointer,
                code: .forbidden)
        case "cgroup.procs", "cgroup.threads":
            throw Failure(
                "unified resource \(quoted(name)) would move a process that is not the container's", pointer: pointer,
                code: .forbidden)
        default: return
        }
    }
}
