import Glibc

/// The root filesystem of the test containers: one static busybox, hard-linked, and a name for each of its commands.
enum RootTree {
    static let busybox = "/bin/busybox"

    /// The folder of all bundles: on the machine's own disk, never in the shared work tree.
    static let base = (Environment["TMPDIR"] ?? "/tmp") + "/apus-tests-\(getpid())"

    private static let commands = [
        "[", "awk", "basename", "cat", "chmod", "chown", "cp", "cut", "date", "dd", "df", "dirname", "echo", "env",
        "expr",
        "false", "find", "grep", "head", "hostname", "id", "ifconfig", "ip", "kill", "ln", "ls", "mkdir", "mkfifo",
        "mknod", "mount", "mv", "nc", "nproc", "od", "printf", "ps", "pwd", "readlink", "rm", "rmdir", "sed", "seq",
        "setsid", "sh", "sleep", "sort", "stat", "stty", "swapoff", "tail", "test", "timeout", "touch", "tr", "true",
        "tty", "umount",
        "uname", "usleep", "wc", "xargs",
    ]

    /// The only copy. Every bundle links to it, so that a container that writes to it harms no other program.
    static let shared: Result<String, FixtureFailure> = Result { () throws(FixtureFailure) in
        let copy = base + "/busybox"
        do {
            try Files.makeFolder(base)
            try Files.write(copy, Files.bytes(busybox), mode: 0o755)
        } catch { throw error as? FixtureFailure ?? FixtureFailure("\(error)") }
        return copy
    }

    /// Makes the tree in the new folder `rootfs`.
    static func make(in rootfs: String) throws {
        let copy = try shared.get()
        for folder in ["", "/bin", "/dev", "/etc", "/proc", "/root", "/sys", "/tmp", "/var"] {
            try Files.makeFolder(rootfs + folder)
        }
        chmod(rootfs + "/tmp", 0o1777)
        guard link(copy, rootfs + "/bin/busybox") == 0 else { throw FixtureFailure.errno("link busybox") }
        for command in commands { symlink("busybox", rootfs + "/bin/" + command) }
        try Files.write(
            rootfs + "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\ntester:x:1000:1000::/home/tester:/bin/sh\n")
        try Files.write(rootfs + "/etc/group", "root:x:0:\ntester:x:1000:\n")
        for name in ["resolv.conf", "hostname", "hosts"] { try Files.write(rootfs + "/etc/" + name, "") }
    }
}

/// Files, as the tests need them.
enum Files {
    static func bytes(_ path: String) throws -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { throw FixtureFailure.errno("open \(path)") }
        defer { close(number) }
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(number, &buffer, buffer.count)
            guard count >= 0 else { throw FixtureFailure.errno("read \(path)") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// `count` bytes of the file from `offset` on, as many as can be read.
    static func bytes(_ path: String, from offset: UInt64, count: Int) throws -> [UInt8] {
        let number = open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw FixtureFailure.errno("open \(path)") }
        defer { close(number) }
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(number, &bytes, count, off_t(clamping: offset))
        return Array(bytes.prefix(max(found, 0)))
    }

    static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// The text without white space at its ends; nil if the file cannot be read.
    static func value(_ path: String) -> String? { (try? text(path))?.trimmed }

    static func write(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws {
        let number = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard number >= 0 else { throw FixtureFailure.errno("make \(path)") }
        defer { close(number) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FixtureFailure.errno("write \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    static func write(_ path: String, _ text: String, mode: mode_t = 0o644) throws {
        try write(path, Array(text.utf8), mode: mode)
    }

    static func makeFolder(_ path: String, mode: mode_t = 0o755) throws {
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw FixtureFailure.errno("mkdir \(path)") }
        chmod(path, mode)
    }

    /// The paths of everything below a folder; empty for a file.
    static func below(_ path: String) -> [String] {
        names(path).map { path + "/" + $0 }.flatMap { [$0] + below($0) }
    }

    /// The names in a folder, without `.` and `..`; empty if it cannot be read.
    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func status(_ path: String) -> stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    static func exists(_ path: String) -> Bool { status(path) != nil }

    static func isFolder(_ path: String) -> Bool {
        guard let status = status(path) else { return false }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// The text of a symbolic link; nil if there is none.
    static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a tree, without ever crossing into another filesystem.
    static func remove(_ path: String) {
        guard let status = status(path) else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in names(path) where Files.status(path + "/" + name)?.st_dev == status.st_dev {
                remove(path + "/" + name)
            }
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}

extension [UInt8] {
    /// Whether it contains `text`. It is fast, since the machine is emulated and calls this often.
    func contains(text: String) -> Bool {
        (self + [0]).withUnsafeBytes { bytes in
            guard var part = bytes.bindMemory(to: CChar.self).baseAddress else { return false }
            let end = part + count
            while part < end {
                if strstr(part, text) != nil { return true }
                part += strlen(part) + 1
            }
            return false
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        var rest = Substring(self)
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest.drop { $0.isWhitespace })
    }

    /// The lines that are not empty.
    var lines: [String] { String(self).split(separator: "\n" as Character).map { String($0) } }

    /// What white space separates.
    var words: [String] { String(self).split(whereSeparator: \Character.isWhitespace).map { String($0) } }
}
