import Base
import Linux

/// What the files of a cgroup hold before they are written to, so that it can be written back.
struct CgroupBackup: Equatable, Sendable {
    /// A file, and the lines that make it what it was.
    struct File: Equatable, Sendable {
        var name: String
        var lines: [String]
    }

    /// In the order in which they were to be written.
    private(set) var files: [File] = []

    init() {}

    /// Adds what `text` holds, the content of the file that `value` is to be written to.
    mutating func add(_ name: String, _ text: String, before value: String) {
        if name == "cgroup.subtree_control" { return put(name, Self.undoing(value, where: Cgroup.words(text))) }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        guard let device = Self.device(of: value) else {
            // An empty list is written as an empty line: no bytes would be no write.
            return put(name, lines.isEmpty ? ["\n"] : lines)
        }
        let own = lines.filter { Self.device(of: $0) == device }
        // A device that has no line yet has the file's ordinary value.
        let ordinary = name == "io.max" ? "\(device) rbps=max wbps=max riops=max wiops=max" : "\(device) default"
        put(name, own.isEmpty ? [ordinary] : own)
    }

    /// `+cpu -io` is undone by `-cpu +io`, as far as it changes anything.
    private static func undoing(_ value: String, where enabled: [String]) -> [String] {
        var line = ""
        for word in Cgroup.words(value) {
            let name = String(word.dropFirst())
            guard enabled.contains(name) != word.hasPrefix("+") else { continue }
            line += (line.isEmpty ? "" : " ") + (word.hasPrefix("+") ? "-" : "+") + name
        }
        return line.isEmpty ? [] : [line]
    }

    private mutating func put(_ name: String, _ lines: [String]) {
        if let index = files.firstIndex(where: { $0.name == name }) {
            files[index].lines += lines.filter { !files[index].lines.contains($0) }
        } else {
            files.append(File(name: name, lines: lines))
        }
    }

    /// `8:0`, where the line begins with a device.
    private static func device(of line: String) -> String? {
        let first = line.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard first.count < line.utf8.count, first.contains(UInt8(ascii: ":")) else { return nil }
        return String(first)
    }
}

extension Cgroup {
    /// Writes the lines in order; where the kernel refuses one, what was written is taken back.
    ///
    /// - Throws: ``Failure`` with the pointer of the line that was refused.
    borrowing func replace(_ files: [CgroupFile]) throws(Failure) -> CgroupBackup {
        let backup = backup(of: files)
        do throws(Failure) { try write(files) } catch {
            restore(backup)
            throw error
        }
        return backup
    }

    /// Writes back what was there; what cannot be is passed over. Two values may stand in each other's way, so it is tried
    /// twice, from the last.
    borrowing func restore(_ backup: CgroupBackup) {
        for _ in 0..<2 {
            for file in backup.files.reversed() {
                for line in file.lines { try? write(line, to: file.name) }
            }
        }
    }

    private borrowing func backup(of files: [CgroupFile]) -> CgroupBackup {
        var backup = CgroupBackup()
        for line in files {
            // With its idleness a cgroup changes its weight, too. What comes first here is restored last.
            if line.name == "cpu.idle", let weight = try? read("cpu.weight") {
                backup.add("cpu.weight", weight, before: "")
            }
            if let text = try? read(line.name) { backup.add(line.name, text, before: line.value) }
            guard case .missingMeans(let name, let value) = line.refusal, let text = try? read(name) else { continue }
            backup.add(name, text, before: value)
        }
        return backup
    }
}
