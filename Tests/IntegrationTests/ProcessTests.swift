import Glibc
import Testing

/// The program: its words, environment and working directory (WhatConfigMeans, "Process", "Environment").
@Suite("Process", .inMachine)
struct ProcessTests {
    @Test("the environment is the config's, word for word, with HOME added from the container's /etc/passwd")
    func environment() throws {
        let output = try Bundle.output(of: "") {
            $0.args = ["/bin/env"]
            $0["process"]["env"] = ["PATH=/bin", "A=1", "B=two words", "EMPTY=", "C=x=y"]
        }
        #expect(output.lines.sorted() == ["A=1", "B=two words", "C=x=y", "EMPTY=", "HOME=/root", "PATH=/bin"])
    }

    @Test(
        "HOME follows the uid, is / for an unknown user, and stays as given",
        arguments: [
            (0, nil, "/root"), (1000, nil, "/home/tester"), (4321, nil, "/"), (1000, "HOME=/x", "/x"),
        ])
    func home(uid: Int, given: String?, expected: String) throws {
        if uid == 4321, Difference.applies("home-of-strangers") { return }
        let output = try Bundle.output(of: "echo $HOME") {
            $0["process"]["user"]["uid"] = .int(uid)
            if let given { $0["process"]["env"].append(.string(given)) }
        }
        #expect(output.trimmed == expected)
    }

    @Test("an empty HOME is filled in, and of two values of a name the last counts", .unless("environment-cleaning"))
    func emptyHome() throws {
        let output = try Bundle.output(of: "echo $HOME; echo $A") {
            $0["process"]["env"] = ["PATH=/bin", "HOME=", "A=1", "A=2"]
        }
        #expect(output.lines == ["/root", "2"])
    }

    @Test(
        "an environment word without = or with NUL is refused with its place",
        arguments: ["NOTHING", "A\u{0}=1", "A=1\u{0}2"])
    func wrongEnvironment(word: String) throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/process/env/1", unless: "process-unchecked") {
                $0["process"]["env"] = ["PATH=/bin", .string(word)]
            }
        }
    }

    @Test(
        "a name without a slash is searched in the PATH of the config, also one that begins with a dot",
        .unless("dot-names"))
    func search() throws {
        try Bundle.with {
            $0["process"]["env"] = ["PATH=/nowhere:/opt/here:/bin"]
            $0.args = [".tool", "with", "words"]
        } _: { bundle in
            for folder in ["/opt", "/opt/here"] { try Files.makeFolder(bundle.rootfs + folder) }
            try Files.write(bundle.rootfs + "/opt/here/.tool", "#!/bin/sh\necho $0 \"$@\"\n", mode: 0o755)
            #expect(try bundle.run().output == "/opt/here/.tool with words\n")
        }
    }

    @Test("the program's first word is args[0], even if the file has another name")
    func firstWord() throws {
        let output = try Bundle.output(of: "") {
            $0.args = ["cat", "/proc/self/cmdline"]
        }
        #expect(output == "cat\0/proc/self/cmdline\0")
    }

    @Test("a relative program with a slash is relative to the working directory")
    func relative() throws {
        try Bundle.with {
            $0["process"]["cwd"] = "/bin"
            $0.args = ["./echo", "here"]
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.output == "here\n", "\(outcome.said)")
        }
    }

    struct Missing: Sendable, CustomTestStringConvertible {
        var name: String
        var words: String
        /// The words of Debian's runc, if they are older.
        var older: String?
        var testDescription: String { name }
    }

    @Test(
        "a program that cannot be started is an error of create, in the words that Docker and Podman look for",
        arguments: [
            Missing(name: "nosuch", words: #"exec: "nosuch": executable file not found in $PATH"#),
            Missing(name: "", words: #"exec: "": executable file not found in $PATH"#),
            Missing(name: "/nosuch", words: #"exec: "/nosuch": stat /nosuch: no such file or directory"#),
            Missing(name: "/etc/passwd", words: #"exec: "/etc/passwd": permission denied"#),
            Missing(name: "/etc", words: #"exec: "/etc": is a directory"#, older: #"exec: "/etc": permission denied"#),
            Missing(name: "/bin/dangling", words: "no such file or directory"),
            Missing(name: "/etc/passwd/x", words: "not a directory"),
        ])
    func missing(missing: Missing) throws {
        try Bundle.with({ $0.args = [missing.name] }) { bundle in
            symlink("nowhere", bundle.rootfs + "/bin/dangling")
            let words = RuntimeUnderTest.isOurs ? missing.words : missing.older ?? missing.words
            try bundle.expectRefusal(words, at: "/process/args/0")
            expectFailure(try bundle.run(), words, at: "/process/args/0")
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "a file that the kernel does not accept as a program: create or start says so, and nothing is left",
        arguments: [
            ("text", "no interpreter here\n", "exec format error"),
            ("interpreter", "#!/nowhere/sh\n", "no such file or directory"),
            ("windows", "#!/bin/sh\r\n", "no such file or directory"),
            ("other", "\u{7f}ELF\u{2}\u{1}\u{1}", "exec format error"),
        ])
    func noProgram(name: String, contents: String, words: String) throws {
        try Bundle.with({ $0.args = ["/bin/" + name] }) { bundle in
            try Files.write(bundle.rootfs + "/bin/" + name, contents, mode: 0o755)
            let outcome = try bundle.run()
            #expect(outcome.exit != 0)
            #expect(outcome.diagnostics.lowercased().contains(words), "\(outcome.said)")
            bundle.expectNothingLeft()
        }
    }

    @Test("the execute bits count for the user who runs it")
    func executeBits() throws {
        try Bundle.with({
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            $0.args = ["/bin/roots"]
        }) { bundle in
            try Files.write(bundle.rootfs + "/bin/roots", "#!/bin/sh\n", mode: 0o700)
            try bundle.expectRefusal("permission denied", at: "/process/args/0", unless: "process-unchecked")
            try bundle.edit { $0["process"]["user"] = ["uid": 0, "gid": 0] }
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("the working directory: made if it is missing, entered as root or as the user")
    func workingDirectory() throws {
        try Bundle.with {
            $0["process"]["cwd"] = "/srv/new/folder"
            $0.shell("pwd; stat -c %a:%u .; stat -c %a /srv")
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.output.lines == ["/srv/new/folder", "755:0", "755"], "\(outcome.said)")
        }
        try Bundle.with {
            $0["process"]["cwd"] = "/private"
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            $0.shell("pwd")
        } _: { bundle in
            try Files.makeFolder(bundle.rootfs + "/private", mode: 0o700)
            chown(bundle.rootfs + "/private", 1000, 1000)
            #expect(try bundle.run().output == "/private\n")
        }
    }

    @Test(
        "an impossible working directory is refused",
        arguments: [
            ("relative", "Cwd must be an absolute path"), ("/etc/passwd", "not a directory"),
            ("/etc/passwd/x", "not a directory"),
        ])
    func wrongDirectory(path: String, words: String) throws {
        try Bundle.with { bundle in
            let difference = path.hasPrefix("/") ? nil : "process-unchecked"
            try bundle.expectRefusal(words, at: "/process/cwd", unless: difference) {
                $0["process"]["cwd"] = .string(path)
            }
        }
    }

    @Test("a config without process or without args is refused")
    func empty() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("args must not be empty", at: "/process/args") {
                $0["process"]["args"] = .array([])
            }
            try bundle.expectRefusal("args must not be empty", unless: "process-unchecked") {
                $0["process"]["args"] = .null
            }
        }
    }

    @Test("without process a container can be created, and not started", .unless("process-required"))
    func noProcess() throws {
        try Bundle.with({ $0["process"] = .null }) { bundle in
            expectSuccess(try bundle.create())
            #expect(bundle.status == "created")
            let status = try Files.text("/proc/\(bundle.pid)/status")
            #expect(status.contains("CapEff:\t0000000000000000"), "init waits without capabilities")
            expectFailure(try bundle.start(), "process property must not be empty", at: "/process")
            #expect(bundle.status == "created")
            expectSuccess(try bundle.delete(force: true))
            expectFailure(try bundle.run(), "process property must not be empty", at: "/process")
            bundle.expectNothingLeft()
        }
    }

    @Test("hostname and domainname, up to the kernel's 64 bytes", .unless("domainname"))
    func names() throws {
        let long = String(repeating: "h", count: 64)
        let output = try Bundle.output(of: "hostname; cat /proc/sys/kernel/domainname") {
            $0["hostname"] = .string(long)
            $0["domainname"] = "example.org"
        }
        #expect(output.lines == [long, "example.org"])
    }

    @Test("a hostname that is too long, or without a uts namespace, is refused with its place")
    func wrongNames() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/hostname") { $0["hostname"] = .string(String(repeating: "h", count: 65)) }
            try bundle.expectRefusal("unable to set hostname without a private UTS namespace", at: "/hostname") {
                $0.share("uts")
            }
        }
    }
}
