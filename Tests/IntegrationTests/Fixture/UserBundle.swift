import Glibc
import TestSupport
import Testing

/// A bundle of an ordinary user, and the runtime as that user calls it: without `--root`, with an `XDG_RUNTIME_DIR`.
struct UserBundle {
    let bundle: Bundle
    /// The cgroup that root has delegated to the user, as systemd does; nil if there is none.
    let home: String?
    /// What root does first, in a mount namespace of the user's own.
    var preparation = ""

    static let uid: uid_t = 1000

    /// The user's `XDG_RUNTIME_DIR`.
    var runtimeDirectory: String { bundle.folder + "/run" }
    /// Where the runtime keeps the container's state.
    var state: String { "\(runtimeDirectory)/\(RuntimeUnderTest.kind.rawValue)/\(bundle.id)" }

    /// Makes a bundle with the config that `spec --rootless` writes, changed by `edit`, and runs `body` with it.
    ///
    /// - Parameter delegated: Whether the user has a cgroup of its own, with every controller, and calls the runtime in
    ///   there.
    static func with(
        delegated: Bool = false, _ edit: (inout JSON) throws -> Void = { _ in }, _ body: (UserBundle) throws -> Void
    ) throws {
        try Bundle.with({
            $0.forUser()
            try edit(&$0)
        }) { bundle in
            let user = UserBundle(bundle: bundle, home: delegated ? "/sys/fs/cgroup/user-\(bundle.id)" : nil)
            try user.prepare()
            defer { user.clean() }
            try body(user)
        }
    }

    private func prepare() throws {
        try Files.makeFolder(runtimeDirectory, mode: 0o700)
        let folders = [bundle.folder, runtimeDirectory, bundle.state, bundle.folder + "/log", bundle.rootfs]
        for path in folders + Files.below(bundle.rootfs).filter(Files.isFolder) { chown(path, Self.uid, Self.uid) }
        guard let home else { return }
        for folder in [home, home + "/main"] {
            try Files.makeFolder(folder)
            for name in ["", "/cgroup.procs", "/cgroup.threads", "/cgroup.subtree_control"] {
                chown(folder + name, Self.uid, Self.uid)
            }
        }
        let controllers = (Files.value(home + "/cgroup.controllers") ?? "").words.map { "+" + $0 }
        try Files.write(home + "/cgroup.subtree_control", controllers.joined(separator: " "))
    }

    private func clean() {
        if Files.exists(state), let outcome = try? call("delete", "--force", bundle.id), outcome.exit != 0 {
            Issue.record("delete --force: \(outcome.said)")
        }
        guard let home else { return }
        _ = eventually(within: 10) {
            rmdir(home + "/main")
            return rmdir(home) == 0
        }
    }
}

// MARK: - Calls

extension UserBundle {
    /// The words that start `words` as the user, in the user's own cgroup if there is one.
    func asUser(_ words: [String], inHome: Bool = true) -> [String] {
        var root = preparation.isEmpty ? [] : ["/usr/bin/unshare", "--mount"]
        let enter = inHome ? home.map { "echo $$ > \($0)/main/cgroup.procs && " } ?? "" : ""
        root += ["/bin/sh", "-c", "\(preparation)\(enter)exec \"$@\"", "-"]
        let identity = ["/usr/bin/setpriv", "--reuid", "\(Self.uid)", "--regid", "\(Self.uid)", "--clear-groups"]
        return root + identity + ["/usr/bin/env", "XDG_RUNTIME_DIR=\(runtimeDirectory)"] + words
    }

    func words(_ words: [String], inHome: Bool = true, log: String) -> [String] {
        asUser([RuntimeUnderTest.path, "--log", log, "--log-format", "json"] + words, inHome: inHome)
    }

    private func newLog() -> String { "\(bundle.folder)/log/\(UInt32.random(in: 0 ... .max))" }

    func call(
        _ words: String..., inHome: Bool = true, surroundings: Program.Surroundings = .init()
    ) throws -> Outcome {
        let log = newLog()
        var outcome = try Program.run(self.words(words, inHome: inHome, log: log), surroundings)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    func begin(_ words: String..., surroundings: Program.Surroundings) throws -> Program {
        try Program.start(self.words(words, log: newLog()), surroundings)
    }

    func run() throws -> Outcome { try call("run", "--bundle", bundle.folder, bundle.id) }

    func create() throws -> Outcome {
        try call("create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
    }

    /// Creates and starts the container, and expects success.
    func launch(sourceLocation: SourceLocation = #_sourceLocation) throws {
        expectSuccess(try create(), sourceLocation: sourceLocation)
        expectSuccess(try call("start", bundle.id), sourceLocation: sourceLocation)
    }

    func exec(_ script: String) throws -> Outcome { try call("exec", bundle.id, "/bin/sh", "-c", script) }

    var status: String {
        guard let outcome = try? call("state", bundle.id), outcome.exit == 0 else { return "none" }
        return (try? JSON(outcome.output))?["status"].string ?? "none"
    }

    /// Runs the container and returns what it printed. The test fails if it does not end with 0.
    func output(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let outcome = try run()
        #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
        return outcome.output
    }
}

extension JSON {
    /// Changes the standard config into what `spec --rootless` writes for user 1000 (WhatCallersExpect, "Spec").
    mutating func forUser() {
        share("network")
        mapUsers(to: Int(UserBundle.uid), count: 1)
        self["linux"]["resources"] = .null
        self["linux"]["cgroupsPath"] = .null
        var mounts = self["mounts"].items
        for index in mounts.indices where mounts[index]["destination"] == "/sys" {
            mounts[index] = [
                "destination": "/sys", "type": "none", "source": "/sys",
                "options": ["rbind", "nosuid", "noexec", "nodev", "ro"],
            ]
        }
        for index in mounts.indices {
            let options = mounts[index]["options"].strings.filter { !$0.hasPrefix("gid=") && !$0.hasPrefix("uid=") }
            if mounts[index]["options"] != .null { mounts[index]["options"] = .words(options) }
        }
        self["mounts"] = .array(mounts)
    }
}
