import Base
import Linux

/// Our caller's descriptors that a path on the command line leads through: `/dev/fd/63`, which a shell makes for
/// `<(...)`, or `/proc/self/fd/9`.
///
/// They stay open until the paths have been followed, also if the program starts itself a second time
/// (``SealedBinary``) and reads its command line again. No program that the runtime starts later gets them.
struct NamedDescriptors: Equatable {
    /// The numbers, sorted and without repetitions.
    let numbers: [CInt]

    static let none = NamedDescriptors([], above: 2)

    /// - Parameters:
    ///   - paths: Absolute paths. Other paths lead through no descriptor.
    ///   - last: Descriptors up to this number stay open anyway.
    ///   - pid: Our own pid, because /proc/PID also leads to our descriptors.
    init(_ paths: [String?], above last: CInt, pid: @autoclosure () -> Int32 = ThisProcess.pid) {
        var found: [CInt] = []
        for path in paths {
            guard let path, let number = Self.number(in: path, pid()), number > last else { continue }
            if !found.contains(number) { found.append(number) }
        }
        numbers = found.sorted()
    }

    /// Returns the descriptor number in a path that begins with one of the kernel's names for our descriptors (proc(5),
    /// `/proc/PID/fd`).
    private static func number(in path: String, _ pid: @autoclosure () -> Int32) -> CInt? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = Path.parts(path)
        let place: Int
        switch parts.first {
        case "dev": place = 1
        case "proc" where parts.count > 1 && isOurs(parts[1], pid()): place = 2
        default: return nil
        }
        guard parts.count > place + 1, parts[place] == "fd" else { return nil }
        return CInt(parts[place + 1])
    }

    /// Whether /proc/`name` is our own folder.
    private static func isOurs(_ name: String, _ pid: @autoclosure () -> Int32) -> Bool {
        name == "self" || name == "thread-self" || name == "\(pid())"
    }

    /// Closes every other descriptor from `first` on.
    func closeOthers(from first: CInt) throws(Failure) {
        try ThisProcess.closeRange(above: first - 1, except: numbers)
    }

    /// Closes them in a process that needs none of the paths.
    func close() {
        for number in numbers { ThisProcess.closeRange(from: number, to: number) }
    }
}

extension CreateOptions {
    /// The files and folders that these options name.
    var paths: [String?] { [bundle, config, consoleSocket, pidfdSocket, pidFile, notifySocket] }
}

extension ExecOptions {
    /// The files that these options name.
    var paths: [String?] { [process, consoleSocket, pidfdSocket, pidFile] }
}

extension RuntimeOptions {
    /// The files and folders that these options name.
    var paths: [String?] { [root, logFile, traceFile] }
}
