import Base
import Linux

/// The contents of cgroup files before they are changed, so that they can be written back.
struct CgroupBackup: Equatable, Sendable {
    /// A file, and the lines that restore it.
    struct File: Equatable, Sendable {
        var name: String
        var lines: [String]
    }

    /// In the order in which the files are to be written.
    private(set) var files: [File] = []

    init() {}

    /// The lines that restore all files.
    var writes: [CgroupWrite] {
        files.flatMap { file in file.lines.map { CgroupWrite(name: file.name, value: $0, pointer: "") } }
    }

    /// Adds the content of a file, `text`, before `value` is written to it.
    mutating func add(_ name: String, _ text: String, before value: String) {
        if name == "cgroup.subtree_control" { return put(name, Self.undoing(value, where: Cgroup.words(text))) }
        let lines = text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
        guard let device = Self.device(of: value) else {
            // To empty a list, an empty line is written: a write(2) of no bytes does nothing.
            return put(name, lines.isEmpty ? ["\n"] : lines)
        }
        let own = lines.filter { Self.device(of: $0) == device }
        // A device without a line has the file's default value.
        let ordinary = name == "io.max" ? "\(device) rbps=max wbps=max riops=max wiops=max" : "\(device) default"
        put(name, own.isEmpty ? [ordinary] : own)
    }

    /// Makes the opposite of `+cpu -io`, which is `-cpu +io`, without the words that changed nothing.
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

    /// The device that the line begins with, such as `8:0`; nil if it does not begin with a device.
    private static func device(of line: String) -> String? {
        let first = line.utf8.prefix { $0 != UInt8(ascii: " ") }
        guard first.count < line.utf8.count, first.contains(UInt8(ascii: ":")) else { return nil }
        return String(first)
    }
}

extension Cgroup {
    /// Writes the lines in order. If the kernel refuses one, those already written are taken back.
    ///
    /// - Throws: ``Failure`` with the pointer of the refused line.
    borrowing func replace(_ files: [CgroupWrite]) throws(Failure) -> CgroupBackup {
        let backup = backup(of: files)
        do throws(Failure) { try write(files) } catch {
            restore(backup)
            throw error
        }
        return backup
    }

    /// Writes the old contents back, from the last file to the first, and ignores failures. Two values may depend on
    /// each other, so it does this twice.
    borrowing func restore(_ backup: CgroupBackup) {
        for _ in 0..<2 {
            for file in backup.files.reversed() {
                for line in file.lines { try? write(line, to: file.name) }
            }
        }
    }

    private borrowing func backup(of files: [CgroupWrite]) -> CgroupBackup {
        var backup = CgroupBackup()
        for line in files {
            // Writing cpu.idle changes cpu.weight too. The first entry here is the last one restored.
            if line.name == "cpu.idle", let weight = try? read("cpu.weight") {
                backup.add("cpu.weight", weight, before: "")
            }
            if let text = try? read(line.name) { backup.add(line.name, text, before: line.value) }
            guard case .ifMissingWrite(let name, let value) = line.refusal, let text = try? read(name) else { continue }
            backup.add(name, text, before: value)
        }
        return backup
    }
}
