import Base
import Linux
import OCI

/// `ps --format json`: returns the pids of the processes in a container's cgroup and all cgroups below it, as our own
/// pid namespace numbers them.
///
/// A container without a pid namespace of its own may still have processes after it has stopped.
///
/// - Returns: An empty list if the container has stopped and its cgroup is gone.
public func processes(id: String, in options: RuntimeOptions) throws(Failure) -> [Int32] {
    let container = try Container.find(id, in: options)
    var pids: [Int32] = []
    do throws(Failure) {
        try container.record.withCgroup(to: "list the processes of") { cgroup throws(Failure) in
            pids = try cgroup.processes()
        }
    } catch {
        // The container may have ended and been deleted while we looked.
        guard try container.status() == .stopped else { throw error }
    }
    return pids
}

/// `ps --format table`: runs the host's ps(1) and returns the heading and the lines about some processes.
///
/// - Parameters:
///   - pids: The processes.
///   - arguments: The arguments of ps. They must make it print a column `PID`.
///   - path: Where to look for ps, as in `$PATH`; nil for the usual directories, because callers run us with an almost
///     empty environment.
/// - Throws: ``Failure``: what ps printed if it failed; or that there is no ps.
public func processTable(of pids: [Int32], arguments: [String], path: String?) throws(Failure) -> String {
    let usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    let program: String
    do throws(Failure) { program = try ProgramSearch.find("ps", path: path ?? usual, probe: ProgramSearch.look) } catch
    {
        throw error.hinting("install ps, or use --format json, which does without")
    }
    var spawn = Spawn(path: program, arguments: ["ps"] + arguments)
    // Far more than needed: a line of ps rarely exceeds 200 bytes.
    spawn.outputLimit = 64 << 20
    let outcome = try spawn.run()
    guard outcome.end == .exited(0) else {
        let said = (outcome.errors + outcome.output).split(separator: "\n").joined(separator: "; ")
        throw Failure("ps: \(outcome.end.map { "exit status \($0.shellStatus)" } ?? "no end"): \(said)")
    }
    return try ProcessTable.lines(of: pids, in: outcome.output)
}

/// Reads what ps(1) printed.
enum ProcessTable {
    /// Returns the heading and the lines whose column `PID` holds one of `pids`.
    static func lines(of pids: [Int32], in text: String) throws(Failure) -> String {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        guard let heading = lines.first, let column = words(heading).firstIndex(where: { $0.elementsEqual("PID".utf8) })
        else { throw Failure("couldn't find PID field in ps output", hint: "let ps print the column PID: -o pid,args") }
        var table = "\(Substring(heading))\n"
        for line in lines.dropFirst() {
            let fields = words(line)
            guard column < fields.count, let pid = Int32(Substring(fields[column])) else {
                throw Failure("unexpected line of ps: \(quoted(String(Substring(line))))")
            }
            if pids.contains(pid) { table += escaped("\(Substring(line))") + "\n" }
        }
        return table
    }

    private static func words(_ line: Substring.UTF8View) -> [Substring.UTF8View] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
