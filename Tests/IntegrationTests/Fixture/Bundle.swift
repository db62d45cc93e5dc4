import Glibc
import TestSupport
import Testing

/// A bundle in its own folder, and everything that is made from it.
///
/// However the body of ``with(_:_:)`` ends, everything is removed in the reverse order of its making. If the runtime
/// itself left something, the test fails.
struct Bundle {
    /// Different for each bundle, and part of all its paths, cgroups and command lines, so that a leak can be found by
    /// it.
    let id: String
    /// The folder of the whole bundle: config.json, rootfs, the runtime's `--root` and its logs.
    var folder: String { RootTree.base + "/" + id }
    var rootfs: String { folder + "/rootfs" }
    /// The `--root` of the calls.
    var state: String { folder + "/state" }
    var pidFile: String { folder + "/pid" }
    /// The cgroup that its config.json asks for.
    var cgroup: String { CgroupDriver.now == .systemd ? "/sys/fs/cgroup/system.slice/\(unit)" : "/sys/fs/cgroup/\(id)" }
    /// The unit that it has if systemd makes the cgroup.
    var unit: String { "apus-\(id).scope" }
    /// What its config.json says of the cgroup.
    private var cgroupsPath: String { CgroupDriver.now == .systemd ? "system.slice:apus:\(id)" : "/\(id)" }

    /// Makes a bundle with the standard config, changed by `edit`, and runs `body` with it.
    static func with(_ edit: (inout JSON) throws -> Void = { _ in }, _ body: (Bundle) throws -> Void) throws {
        let bundle = Bundle(id: "t\(getpid())-\(UInt32.random(in: 0 ... .max))")
        let start = Clock.now
        defer { Times.add(Clock.now - start) }
        try RootTree.prepare()
        for folder in [bundle.folder, bundle.folder + "/log"] { try Files.makeFolder(folder) }
        try Files.makeFolder(bundle.state, mode: 0o700)
        defer { bundle.remove() }
        try RootTree.make(in: bundle.rootfs)
        var config = try JSON.standard()
        config["linux"]["cgroupsPath"] = .string(bundle.cgroupsPath)
        try edit(&config)
        try bundle.write(config)
        try body(bundle)
        bundle.finish()
    }

    /// Runs a script in a container that `edit` shapes, and returns what it printed. The test fails if the container
    /// does not end with 0.
    static func output(
        of script: String, _ edit: (inout JSON) throws -> Void = { _ in },
        prepare: (Bundle) throws -> Void = { _ in }, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        var output = ""
        try with {
            $0.shell(script)
            try edit(&$0)
        } _: { bundle in
            try prepare(bundle)
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)", sourceLocation: sourceLocation)
            output = outcome.output
        }
        return output
    }

    /// Makes the folders of the host's programs, as Debian has them.
    func linkLibraries() throws {
        symlink("usr/lib", rootfs + "/lib")
        for folder in ["/usr", "/lib64"] { try Files.makeFolder(rootfs + folder) }
    }

    func write(_ config: JSON) throws { try Files.write(folder + "/config.json", config.text) }

    /// Changes config.json again.
    func edit(_ change: (inout JSON) throws -> Void) throws {
        var config = try JSON(try Files.text(folder + "/config.json"))
        try change(&config)
        try write(config)
    }
}

// MARK: - Calls

extension Bundle {
    /// The words that start the runtime with this bundle's state and a log file of its own.
    func words(_ words: [String], log: String) -> [String] {
        [RuntimeUnderTest.path, "--root", state, "--log", log, "--log-format", "json"] + CgroupDriver.now.options
            + words
    }

    private func newLog() -> String { "\(folder)/log/\(UInt32.random(in: 0 ... .max))" }

    /// Calls the runtime, as containerd does, and waits for its end.
    func call(_ words: String..., surroundings: Program.Surroundings = .init()) throws -> Outcome {
        try call(words, surroundings)
    }

    func call(_ words: [String], _ surroundings: Program.Surroundings = .init()) throws -> Outcome {
        let log = newLog()
        var outcome = try Program.run(self.words(words, log: log), surroundings)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    /// Starts the runtime and does not wait.
    func begin(_ words: String..., surroundings: Program.Surroundings = .init()) throws -> Program {
        try Program.start(self.words(words, log: newLog()), surroundings)
    }

    func create(_ options: String..., surroundings: Program.Surroundings = .init()) throws -> Outcome {
        try call(["create", "--bundle", folder, "--pid-file", pidFile] + options + [id], surroundings)
    }

    func start() throws -> Outcome { try call("start", id) }

    func run(_ options: String..., surroundings: Program.Surroundings = .init()) throws -> Outcome {
        try call(["run", "--bundle", folder] + options + [id], surroundings)
    }

    /// Creates and starts the container, and expects success.
    func launch(sourceLocation: SourceLocation = #_sourceLocation) throws {
        expectSuccess(try create(), sourceLocation: sourceLocation)
        expectSuccess(try start(), sourceLocation: sourceLocation)
    }

    func kill(_ signal: String = "KILL") throws -> Outcome { try call("kill", id, signal) }

    func delete(force: Bool = false) throws -> Outcome {
        try call(force ? ["delete", "--force", id] : ["delete", id])
    }

    /// What `state` prints; null if it fails.
    func stateJSON() throws -> JSON {
        let outcome = try call("state", id)
        return outcome.exit == 0 ? try JSON(outcome.output) : .null
    }

    /// The status that `state` prints, or "none".
    var status: String { (try? stateJSON())?["status"].string ?? "none" }

    /// The pid of the container's init, from the pid file.
    var pid: pid_t { Files.value(pidFile).flatMap { pid_t($0) } ?? 0 }

    /// Ends the container and waits until it has stopped.
    func stop() throws {
        _ = try kill("KILL")
        let pid = self.pid
        _ = eventually { Processes.isGone(pid) }
    }
}

// MARK: - The end

extension Bundle {
    /// Deletes the container if it is still there, then expects that nothing is left.
    private func finish() {
        if Files.exists(state + "/" + id), let outcome = try? delete(force: true), outcome.exit != 0 {
            Issue.record("delete --force: \(outcome.said)")
        }
        expectNothingLeft()
    }

    /// Fails the test for each thing of the container that is still there after some seconds.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) {
        var left: [String] = []
        _ = eventually(within: 20) {
            left = Leftovers.of(self)
            return left.isEmpty
        }
        for thing in left { Issue.record("left behind: \(thing)", sourceLocation: sourceLocation) }
    }

    /// Removes everything, in reverse order, whatever the runtime did.
    private func remove() {
        Leftovers.remove(self)
        Files.remove(folder)
    }
}

extension RootTree {
    /// The folder of all bundles, and the copy of busybox in it.
    static func prepare() throws { _ = try shared.get() }
}
