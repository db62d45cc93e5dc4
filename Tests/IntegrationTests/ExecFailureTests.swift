import Glibc
import TestSupport
import Testing

/// `exec` that fails: the words that callers match, the status 255, and a container that goes on as before
/// (WhatCallersRun, "Error words").
@Suite("Exec, failures", .inMachine)
struct ExecFailureTests {
    /// Where the cases begin that fail only when the process is being made.
    private static let making = "exec failed: unable to start container process: "

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        /// The whole message of apus up to its place and hint; a part of it for others.
        var words: String
        var command = ["/bin/true"]
        var options: [String] = []
        /// The exit status of Docker and Podman for this message.
        var docker: Int32?
        var podman: Int32?
        /// The line of differences.txt, if others use other words.
        var difference: String?
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a program that is not in PATH",
            words: making + "exec: \"nothing\": executable file not found in $PATH", command: ["nothing"], docker: 127,
            podman: 127),
        Case(
            name: "an empty name", words: making + "exec: \"\": executable file not found in $PATH", command: [""],
            docker: 127, podman: 127),
        Case(
            name: "a path with nothing there",
            words: making + "exec: \"/nothing\": stat /nothing: no such file or directory", command: ["/nothing"],
            docker: 127, podman: 127),
        Case(
            name: "a file that may not be executed", words: making + "exec: \"/etc/passwd\": permission denied",
            command: ["/etc/passwd"], docker: 126, podman: 126),
        Case(
            name: "a directory", words: making + "exec: \"/etc\": is a directory", command: ["/etc"], docker: 126,
            difference: "exec-words"),
        Case(
            name: "a script without #!", words: making + "exec \"/etc/script\": exec format error",
            command: ["/etc/script"],
            docker: 128, difference: "exec-words"),
        Case(
            name: "a directory that is not there",
            words: making + "chdir to cwd (\"/nothing\") set in config.json failed: no such file or directory",
            options: ["--cwd", "/nothing"], docker: 127, podman: 127),
        Case(
            name: "a directory that is a file",
            words: making + "chdir to cwd (\"/etc/passwd\") set in config.json failed: not a directory",
            options: ["--cwd", "/etc/passwd"], docker: 127),
        Case(
            name: "a relative directory", words: "exec failed: Cwd must be an absolute path",
            options: ["--cwd", "tmp"],
            difference: "exec-unchecked"),
        Case(
            name: "no command", words: "exec failed: exec args cannot be empty", command: [],
            difference: "exec-words"),
        Case(
            name: "a user by name", words: "exec failed: bad uid: \"tester\" is not a number from 0 to 4294967294",
            options: ["--user", "tester"], difference: "exec-unchecked"),
        Case(
            name: "a user that is nearly a number (CVE-2026-30892)",
            words: "exec failed: bad uid: \"1000x\" is not a number from 0 to 4294967294",
            options: ["--user", "1000x"],
            difference: "exec-unchecked"),
        Case(
            name: "a user out of range (CVE-2016-3697, CVE-2026-46680)",
            words: "exec failed: bad uid: \"4294967296\" is not a number from 0 to 4294967294",
            options: ["--user", "4294967296"], difference: "exec-unchecked"),
        Case(
            name: "the uid that stands for no user",
            words: "exec failed: bad uid: \"4294967295\" is not a number from 0 to 4294967294",
            options: ["--user", "4294967295"], difference: "exec-unchecked"),
        Case(
            name: "a group by name", words: "exec failed: bad gid: \"x\" is not a number from 0 to 4294967294",
            options: ["--user", "0:x"], difference: "exec-unchecked"),
        Case(
            name: "a negative additional group",
            words: "exec failed: bad gid: \"-1\" is not a number from 0 to 4294967294",
            options: ["--additional-gids=-1"], difference: "exec-unchecked"),
        Case(
            name: "a variable without =", words: "exec failed: an environment entry without =",
            options: ["--env", "SECRET"],
            difference: "exec-unchecked"),
        Case(
            name: "a process file that is not there",
            words: "exec failed: open /nothing/process: no such file or directory",
            options: ["--process", "/nothing/process"], difference: "exec-words"),
        Case(
            name: "a pid file that cannot be written", words: making + "open /nothing: no such file or directory",
            options: ["--pid-file", "/nothing/pid"], difference: "exec-words"),
    ]

    @Test("the words, 255, and the container goes on", arguments: cases)
    func fails(one: Case) throws {
        try Bundle.running { bundle in
            let script = bundle.rootfs + "/etc/script"
            try Files.write(script, "echo no interpreter\n")
            chmod(script, 0o755)
            let outcome = try bundle.exec(one.command, one.options)
            if let difference = one.difference, Difference.applies(difference) { return }
            expectFailure(outcome, one.words, exit: 255)
            if RuntimeUnderTest.isOurs {
                let message = LogLine.lastError(in: outcome.log) ?? ""
                #expect(message.hasPrefix(one.words), "\(message)")
                if let docker = one.docker { #expect(Self.docker(message) == docker, "\(message)") }
                if let podman = one.podman { #expect(Self.podman(message) == podman, "\(message)") }
                #expect(!message.contains("config.json /args"), "\(message)")
            }
            expectAlone(bundle)
        }
    }

    /// The container is as it was: it has only its init, and accepts another process.
    private func expectAlone(_ bundle: Bundle, sourceLocation: SourceLocation = #_sourceLocation) {
        let procs = bundle.cgroup + "/cgroup.procs"
        #expect(
            eventually { Files.value(procs) == "\(bundle.pid)" }, "\(Files.value(procs) ?? "")",
            sourceLocation: sourceLocation)
        #expect((try? bundle.exec(["/bin/true"]).exit) == 0, sourceLocation: sourceLocation)
    }

    /// How moby turns a message of `exec` into the exit status of the client (daemon/errors.go).
    static func docker(_ message: String) -> Int32 {
        let message = message.lowercased()
        func has(_ words: String...) -> Bool { words.contains { message.contains($0) } }
        if has("executable file not found", "no such file or directory", "system cannot find the file specified") {
            return 127
        }
        if has("permission denied", "is a directory") { return 126 }
        return has("not a directory") ? 127 : 128
    }

    /// How Podman does it: its regular expressions in their order.
    static func podman(_ message: String) -> Int32 {
        let message = message.lowercased()
        if message.contains("permission denied") || message.contains("operation not permitted") { return 126 }
        return ["executable file not found in", "no such file or directory", "open executable"].contains {
            message.contains($0)
        } ? 127 : 126
    }

    @Test("exec in a container that does not exist, or has stopped")
    func states() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectFailure(try bundle.exec(["/bin/true"]), "exec failed: container does not exist", exit: 255)
            try bundle.launch()
            try bundle.stop()
            expectFailure(try bundle.exec(["/bin/true"]), "exec failed: cannot exec in a stopped container", exit: 255)
        }
    }

    @Test(
        "a place in a process file is reported with the name of the file, one in config.json with config.json",
        .oursOnly)
    func places() throws {
        try Bundle.running { bundle in
            func message(_ edit: (inout JSON) -> Void) throws -> String {
                let outcome = try bundle.exec("true", process: edit)
                #expect(outcome.exit == 255)
                expectAlone(bundle)
                return LogLine.lastError(in: outcome.log) ?? ""
            }
            let file = "(\(bundle.folder)/process-"
            #expect(
                try message { $0["args"] = ["nothing"] }.hasPrefix(
                    Self.making + "exec: \"nothing\": executable file not found in $PATH \(file)"))
            #expect(try message { $0["args"] = ["nothing"] }.hasSuffix(" /args/0)"))
            #expect(try message { $0["args"] = [] }.hasPrefix("exec failed: args must not be empty \(file)"))
            #expect(try message { $0["rlimits"][0]["type"] = "RLIMIT_X" }.hasSuffix(" /rlimits/0/type)"))
            #expect(try message { $0["user"]["uid"] = .string("0") }.contains(" /user/uid)"))
            #expect(try message { $0["cwd"] = "/nothing" }.hasSuffix(" /cwd)"))
            try bundle.edit { $0["process"]["cwd"] = "/nothing" }
            let outcome = try bundle.exec(["/bin/true"])
            #expect((LogLine.lastError(in: outcome.log) ?? "").hasSuffix("(config.json /process/cwd)"))
            unlink(bundle.folder + "/config.json")
            expectFailure(
                try bundle.exec(["/bin/true"]), "exec failed: JSON specification file config.json not found", exit: 255)
        }
    }

    @Test(
        "a process file that holds no process", .unless("exec-unchecked"),
        arguments: ["", "{", "[]", "null", "{}"])
    func brokenFile(text: String) throws {
        try Bundle.running { bundle in
            let path = bundle.folder + "/process"
            try Files.write(path, text)
            let outcome = try bundle.call("exec", "--process", path, bundle.id)
            expectFailure(outcome, "exec failed: ", exit: 255)
            expectAlone(bundle)
        }
    }

    @Test("a failure after the pid file was written removes it again", .oursOnly)
    func pidFile() throws {
        try Bundle.running { bundle in
            let script = bundle.rootfs + "/etc/script"
            try Files.write(script, "no program\n")
            chmod(script, 0o755)
            let file = bundle.folder + "/exec-pid"
            #expect(try bundle.exec(["/etc/script"], ["--pid-file", file]).exit == 255)
            #expect(!Files.exists(file))
        }
    }

    @Test("a limit that ends the process before it runs is named in the failure", .oursOnly)
    func outOfMemory() throws {
        try Bundle.running { bundle in
            try Files.write(bundle.cgroup + "/memory.swap.max", "0")
            try Files.write(bundle.cgroup + "/memory.max", "4096")
            let outcome = try bundle.exec(["/bin/true"])
            // The kernel may choose init first, because it uses more memory.
            let message = LogLine.lastError(in: outcome.log) ?? ""
            #expect(outcome.exit == 255 || outcome.exit == 137, "\(outcome.said)")
            #expect(
                outcome.exit == 137 || message.contains("possibly OOM-killed")
                    || message.contains("cannot exec in a stopped container"), "\(outcome.said)")
        }
    }
}
