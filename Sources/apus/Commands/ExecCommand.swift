import Base
import Runtime

/// `apus exec [options] ID COMMAND...`, or with `--process FILE` without a command.
struct ExecCommand: Equatable {
    var id: String
    /// The program and its arguments.
    var arguments: [String] = []
    var process: String?
    var detach = false
    var tty = false
    var consoleSocket: String?
    var pidfdSocket: String?
    var pidFile: String?
    var cwd: String?
    var environment: [String] = []
    /// `UID` or `UID:GID`, as the caller wrote it.
    var user: String?
    /// The groups, as the caller wrote them.
    var additionalGids: [String] = []
    var capabilities: [String] = []
    var noNewPrivs = false
    var apparmor: String?
    var processLabel: String?
    var cgroups: [String] = []
    var ignorePaused = false
    var preserveFDs = 0

    /// - Returns: The program's exit status; 0 with `--detach`.
    func perform(in globals: Globals) throws(Failure) -> CInt {
        do {
            let (options, runtime) = (try options, try globals.runtimeOptions())
            try sealProgram(for: options, in: runtime)
            return try Runtime.exec(id: id, options: options, in: runtime)
        } catch { throw error.during("exec failed") }
    }

    /// The command's options in the form that the runtime takes.
    var options: ExecOptions {
        get throws(Failure) {
            var options = ExecOptions()
            options.process = try Path.absolute(process)
            options.arguments = arguments
            options.cwd = cwd
            for (index, entry) in environment.enumerated() where !entry.utf8.contains(UInt8(ascii: "=")) {
                // Do not print the entry itself: it may be a secret.
                throw Failure(
                    "an environment entry without =: --env number \(index + 1) of \(environment.count)",
                    hint: "write NAME=VALUE; the value of apus's own environment is not taken", code: .usage)
            }
            options.environment = environment
            if let user {
                // Accept only numbers: a name would have to be looked up in a file of the container (runc
                // CVE-2016-3697).
                let parts = user.utf8.split(
                    separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
                options.uid = try Self.number(Substring(parts[0]), "bad uid")
                if parts.count > 1 { options.gid = try Self.number(Substring(parts[1]), "bad gid") }
            }
            for group in additionalGids {
                options.additionalGroups.append(try Self.number(Substring(group), "bad gid"))
            }
            options.capabilities = capabilities
            options.noNewPrivileges = noNewPrivs
            options.apparmorProfile = apparmor
            options.processLabel = processLabel
            options.terminal = tty
            options.cgroups = cgroups
            options.ignorePaused = ignorePaused
            options.detach = detach
            options.pidFile = try Path.absolute(pidFile)
            options.consoleSocket = try Path.absolute(consoleSocket)
            options.pidfdSocket = try Path.absolute(pidfdSocket)
            options.preserveFDs = preserveFDs
            return options
        }
    }

    /// Reads a decimal id from 0 to 2^32-2. The whole text must be the number: an id read only in part belongs to
    /// another user (crun CVE-2026-30892).
    private static func number(_ text: Substring, _ what: String) throws(Failure) -> UInt32 {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text),
            number < .max
        else {
            throw Failure(
                "\(what): \"\(text)\" is not a number from 0 to \(UInt32.max - 1)", hint: "names are not looked up")
        }
        return number
    }
}

extension ExecCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", arguments: Array(reader.operands.dropFirst()))
        process = reader.text(.process)
        detach = reader.flag(.detach)
        tty = reader.flag(.tty)
        consoleSocket = reader.text(.consoleSocket)
        pidfdSocket = reader.text(.pidfdSocket)
        pidFile = reader.text(.pidFile)
        cwd = reader.text(.cwd)
        environment = reader.texts(.env)
        user = reader.text(.user)
        additionalGids = reader.texts(.additionalGids)
        capabilities = reader.texts(.cap)
        noNewPrivs = reader.flag(.noNewPrivs)
        apparmor = reader.text(.apparmor)
        processLabel = reader.text(.processLabel)
        cgroups = reader.texts(.cgroup)
        ignorePaused = reader.flag(.ignorePaused)
        preserveFDs = reader.number(.preserveFds) ?? preserveFDs
    }
}

extension ExecCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "run another program in a container",
            operands: "\(CommandTable.containerID) [command [arguments...]]", count: .atLeast(1),
            stopsAtFirstOperand: true,
            options: [
                Option(.process, "p", .text, "FILE", "take the process from FILE, a 'process' of config.json"),
                Option(.detach, "d", .flag, "", "return as soon as the program runs"),
                Option(.tty, "t", .flag, "", "give the program a terminal"),
                Option(.consoleSocket, "", .text, "SOCKET", "a Unix socket to send the terminal's master end to"),
                Option(.pidfdSocket, "", .text, "SOCKET", "a Unix socket to send a pidfd of the process to"),
                Option(.pidFile, "", .text, "FILE", "a file to write the process id to"),
                Option(.cwd, "", .text, "DIR", "the program's working directory in the container"),
                Option(.env, "e", .text, "NAME=VALUE", "set a variable of the environment", isRepeatable: true),
                Option(.user, "u", .text, "UID[:GID]", "the user and the group, by number"),
                Option(.additionalGids, "g", .text, "GID", "an additional group, by number", isRepeatable: true),
                Option(.cap, "c", .text, "CAP", "add a capability, such as CAP_NET_RAW", isRepeatable: true),
                Option(.noNewPrivs, "", .flag, "", "let the program gain no privileges"),
                Option(.apparmor, "", .text, "PROFILE", "the program's AppArmor profile"),
                Option(.processLabel, "", .text, "LABEL", "the program's SELinux label"),
                Option(
                    .cgroup, "", .text, "PATH", "a cgroup below the container's, which must exist",
                    isRepeatable: true),
                Option(.ignorePaused, "", .flag, "", "also in a paused container; the program runs once it is resumed"),
                Option(.preserveFds, "", .number, "N", "pass N more descriptors on, after 0, 1 and 2 (default: 0)"),
            ],
            description: """
                The process is the one in the bundle's config.json as it is now, with the command as its arguments.
                With --process it is read from FILE, and the other options about it are ignored. Options end at the
                id. The exit status is the program's (128 + N if signal N ended it), or 255 if it could not be run.
                """)
    }
}
