import Glibc
import TestSupport
import Testing

/// What the runtime believes of the files below `--root`: only what it could read whole, and only what nobody else
/// could have written.
@Suite("Trust in state", .inMachine)
struct StateTrustTests {
    /// A file that cannot be opened at this moment: strace(1) makes the call fail.
    struct Fault: Sendable, CustomTestStringConvertible {
        /// The names that the runtimes use for it: below a descriptor, or the whole path.
        var names: [String]
        var errno: String
        /// The call that fails: only for these names, if there are any.
        var call = "openat"

        var testDescription: String { "\(names.first ?? call) gives \(errno)" }

        func words(_ bundle: Bundle) -> [String] {
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "inject=\(call):error=\(errno)"]
                + names.flatMap { ["-P", $0.replacing("ID", with: bundle.id).replacing("STATE", with: bundle.state)] }
        }

        static func state(_ errno: String) -> Fault {
            Fault(names: ["state.json", "STATE/ID/state.json", "STATE/ID/status", "status"], errno: errno)
        }
    }

    @Test(
        "delete --force of a live container whose record cannot be read just now fails, and the container lives on",
        .unless("unreadable-record"), arguments: ["EIO", "EMFILE", "ENOMEM", "EACCES"])
    func unreadableRecord(errno: String) throws {
        try Bundle.running { bundle in
            let outcome = try bundle.call(["delete", "--force", bundle.id], under: .state(errno))
            #expect(outcome.exit != 0, "\(outcome.said)")
            #expect(!Processes.isGone(bundle.pid))
            #expect(bundle.status == "running")
        }
    }

    @Test("no verb takes a failed call for an answer", .oursOnly)
    func failedLooks() throws {
        let socket = Fault(names: [], errno: "EMFILE", call: "socket")
        let config = Fault(names: ["config.json"], errno: "EIO")
        let events = Fault(names: ["/sys/fs/cgroup/ID/cgroup.events"], errno: "EMFILE")
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create())
            for verb in ["state", "start"] {
                expectFailure(try bundle.call([verb, bundle.id], under: socket), "too many open files")
            }
            expectFailure(try bundle.call(["delete", "--force", bundle.id], under: config), "input/output error")
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
            expectSuccess(try bundle.call("pause", bundle.id))
            expectFailure(try bundle.call(["state", bundle.id], under: events), "too many open files")
            let listed = try bundle.call(["list", "--quiet"], under: .state("EMFILE"))
            #expect(listed.exit == 0 && listed.output.isEmpty)
            #expect(listed.log.contains("container \(bundle.id) is not listed"), "\(listed.said)")
        }
    }

    @Test(
        "delete --force removes a record with an impossible cgroup path, and ends its process", .oursOnly,
        arguments: ["/sys/fs/cgroup/../../etc", "/tmp/elsewhere", "/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.procs/x"])
    func impossibleCgroup(path: String) throws {
        try Bundle.running { bundle in
            let file = "\(bundle.state)/\(bundle.id)/state.json"
            var record = try JSON(try Files.text(file))
            #expect(record["cgroup_paths"][""].string == bundle.cgroup)
            record["cgroup_paths"][""] = .string(path)
            try Files.write(file, record.text)
            let pid = bundle.pid
            let outcome = try bundle.delete(force: true)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.log.contains("the container's cgroup is not removed"), "\(outcome.said)")
            #expect(eventually { Processes.isGone(pid) })
            #expect(!Files.exists("\(bundle.state)/\(bundle.id)"))
            #expect(eventually { rmdir(bundle.cgroup) == 0 })
        }
    }

    @Test("if create cannot open the new folder, the id does not stay taken", .oursOnly)
    func unopenedFolder() throws {
        try Bundle.with { bundle in
            let fault = Fault(names: ["ID"], errno: "EMFILE")
            expectFailure(
                try bundle.call(["create", "--bundle", bundle.folder, bundle.id], under: fault), "too many open files")
            #expect(Files.names(bundle.state) == [])
            expectSuccess(try bundle.create())
        }
    }
}

// MARK: - Somebody else's

extension StateTrustTests {
    /// What another user may have done below `--root`.
    enum Tampering: String, CaseIterable {
        case rootOwner, rootMode, rootGroup, folderOwner, folderMode, recordOwner, recordMode, recordLink, recordPipe
        case configOwner, configPipe

        /// - Returns: A function that undoes it.
        func perform(_ bundle: Bundle) throws -> () -> Void {
            let folder = "\(bundle.state)/\(bundle.id)"
            switch self {
            case .rootOwner: return give(bundle.state)
            case .rootMode: return allow(bundle.state, 0o1777)
            case .rootGroup: return allow(bundle.state, 0o770)
            case .folderOwner: return give(folder)
            case .folderMode: return allow(folder, 0o702)
            case .recordOwner: return give(folder + "/state.json")
            case .recordMode: return allow(folder + "/state.json", 0o620)
            case .recordLink:
                try Files.write(bundle.folder + "/secret", "nobodyshouldreadthis")
                return replace(folder + "/state.json") { symlink(bundle.folder + "/secret", $0) }
            case .recordPipe: return replace(folder + "/state.json") { mkfifo($0, 0o600) }
            case .configOwner: return give(folder + "/config.json")
            case .configPipe: return replace(folder + "/config.json") { mkfifo($0, 0o600) }
            }
        }

        /// Whether only the kept config.json is affected, which not every verb reads.
        var isOfConfig: Bool { self == .configOwner || self == .configPipe }

        private func give(_ path: String) -> () -> Void {
            chown(path, 1000, 1000)
            return { chown(path, 0, 0) }
        }

        private func allow(_ path: String, _ mode: mode_t) -> () -> Void {
            let before = (Files.status(path)?.st_mode ?? 0) & 0o7777
            chmod(path, mode)
            return { chmod(path, before) }
        }

        private func replace(_ path: String, _ make: (String) -> Int32) -> () -> Void {
            rename(path, path + ".kept")
            #expect(make(path) == 0)
            return { rename(path + ".kept", path) }
        }
    }

    @Test(
        "no verb believes or waits for what another user could have written: no hook runs, no process ends",
        .oursOnly, arguments: Tampering.allCases)
    func otherUser(tampering: Tampering) throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0["hooks"] = ["poststop": [["path": "/bin/touch", "args": ["touch", .string("BUNDLE/hooked")]]]]
        } _: { bundle in
            let config = try Files.text(bundle.folder + "/config.json")
            try Files.write(bundle.folder + "/config.json", config.replacing("BUNDLE", with: bundle.folder))
            try bundle.launch()
            let undo = try tampering.perform(bundle)
            defer { undo() }
            var verbs = [
                ["state"], ["kill"], ["start"], ["pause"], ["resume"], ["ps"], ["events", "--stats"],
                ["update", "--pids-limit", "50"], ["delete"], ["kill", "--all"],
            ]
            if tampering.isOfConfig { verbs = [["update", "--pids-limit", "50"]] }
            for verb in verbs + [["delete", "--force"]] {
                let outcome = try bundle.begin(verb + [bundle.id]).outcome(within: 20)
                #expect(!outcome.ranOut, "\(verb) waits")
                #expect(outcome.exit == 1, "\(verb): \(outcome.said)")
                #expect(!outcome.said.contains("nobodyshould"), "\(outcome.said)")
            }
            let added = try bundle.begin(["exec", bundle.id, "/bin/true"]).outcome(within: 20)
            #expect(!added.ranOut && added.exit == 255, "exec: \(added.said)")
            let listed = try bundle.begin(["list", "--quiet"]).outcome(within: 20)
            #expect(!listed.ranOut)
            #expect(listed.output.isEmpty || tampering.isOfConfig, "\(listed.said)")
            #expect(!Files.exists(bundle.folder + "/hooked"))
            #expect(!Processes.isGone(bundle.pid))
        }
    }

    @Test(
        "nothing is made below another user's root", .oursOnly, arguments: [Tampering.rootOwner, .rootMode, .rootGroup])
    func otherUsersRoot(tampering: Tampering) throws {
        try Bundle.with { bundle in
            let undo = try tampering.perform(bundle)
            defer { undo() }
            expectFailure(try bundle.create(), "the state directory \(bundle.state)")
            #expect(Files.names(bundle.state) == [])
        }
    }

    @Test(
        "the caller chooses who may read or pass below the root", arguments: [0o700, 0o711, 0o755, 0o1700, 0o1711])
    func readableRoot(mode: Int) throws {
        try Bundle.with { bundle in
            chmod(bundle.state, mode_t(mode))
            expectSuccess(try bundle.create())
            #expect(bundle.status == "created")
            #expect(try bundle.delete(force: true).exit == 0)
        }
    }

    @Test("a user owns his root in a user namespace, too", .oursOnly)
    func ownRootOfUser() throws {
        try Bundle.with { bundle in
            let own = bundle.folder + "/own"
            try Files.makeFolder(own, mode: 0o700)
            chmod(bundle.folder, 0o755)
            chown(own, 1000, 1000)
            let list = [RuntimeUnderTest.path, "--root", own, "list", "--quiet"]
            let user = ["setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"]
            for way in [user, user + ["unshare", "--user", "--map-root-user"]] {
                let outcome = try Program.run(way + list)
                #expect(outcome.exit == 0, "\(way): \(outcome.said)")
            }
            #expect(try Program.run(list).exit == 1)
        }
    }
}

extension Bundle {
    /// Calls the runtime under strace, which injects `fault`.
    fileprivate func call(_ words: [String], under fault: StateTrustTests.Fault) throws -> Outcome {
        let log = "\(folder)/log/\(UInt32.random(in: 0 ... .max))"
        var outcome = try Program.run(fault.words(self) + self.words(words, log: log), limit: 60)
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }

    /// Starts the runtime and does not wait.
    func begin(_ words: [String]) throws -> Program {
        try Program.start(self.words(words, log: "\(folder)/log/\(UInt32.random(in: 0 ... .max))"))
    }
}
