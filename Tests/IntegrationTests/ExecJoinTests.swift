import Glibc
import TestSupport
import Testing

/// The namespaces that `exec` joins: those that the container was made with, whatever namespaces its init has made
/// since.
@Suite("Exec, namespaces of init", .inMachine)
struct ExecJoinTests {
    /// Runs `body` with a container whose unprivileged program has entered a user namespace of its own making.
    private func withMaker(_ edit: (inout JSON) -> Void, _ body: (Bundle) throws -> Void) throws {
        try Bundle.with({ config in
            config.bindPrograms()
            config.args = [
                "/usr/bin/unshare", "--user", "--map-root-user", "/bin/sh", "-c", "echo x > /tmp/made; sleep 1000",
            ]
            config["process"]["user"] = ["uid": 1000, "gid": 1000]
            edit(&config)
        }) { bundle in
            try bundle.linkLibraries()
            try bundle.launch()
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/made") })
            try body(bundle)
        }
    }

    @Test("a user namespace that init has made for itself is not joined", .unless("exec-follows-init"))
    func ownUserNamespace() throws {
        try withMaker({ _ in }) { bundle in
            let file = bundle.rootfs + "/etc/of-a-group"
            try Files.write(file, "secret", mode: 0o640)
            chown(file, 0, 5000)
            chmod(file, 0o640)
            // The caller is in the file's group.
            let outcome = try bundle.callInGroup(
                5000, "exec", "--user", "1000:1000", bundle.id, "/bin/sh", "-c",
                "id -G; readlink /proc/self/ns/user; cat /etc/of-a-group")
            let lines = outcome.output.lines
            #expect(lines.first == "1000", "\(outcome.said)")
            #expect(lines.dropFirst().first == Files.link("/proc/self/ns/user"), "\(outcome.said)")
            #expect(!outcome.output.contains("secret"))
            let root = try bundle.callInGroup(
                5000, "exec", "--user", "0:0", bundle.id, "/bin/sh", "-c", "id -u; id -G; readlink /proc/self/ns/user")
            #expect(root.output.lines == ["0", "0", Files.link("/proc/self/ns/user") ?? ""], "\(root.said)")
        }
    }

    @Test("exec refuses an init that has left the user namespace it was made in", .unless("exec-words"))
    func leftUserNamespace() throws {
        try withMaker({ $0.mapUsers() }) { bundle in
            let outcome = try bundle.exec(["/bin/true"])
            expectFailure(
                outcome, "the container's init is in another user namespace than it was made in", exit: 255)
        }
    }

    @Test("the caller's groups do not enter a user namespace that forbids changing them", .unless("groups-stay"))
    func deniedGroups() throws {
        let owner = try Program.start(["/usr/bin/unshare", "--user", "--map-root-user", "/bin/sleep", "1000"])
        defer { Glibc.kill(owner.pid, SIGKILL) }
        #expect(eventually { Files.value("/proc/\(owner.pid)/setgroups") == "deny" })
        #expect(eventually { Files.value("/proc/\(owner.pid)/gid_map")?.isEmpty == false })
        try Bundle.with({ config in
            config.args = ["/bin/sleep", "1000"]
            config.join("user", at: "/proc/\(owner.pid)/ns/user")
            config.share("network")
            config.unmount("/sys")
            config.unmount("/dev/pts")
        }) { bundle in
            let words = ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id]
            expectSuccess(try bundle.callInGroup(5000, words))
            #expect(Processes.status(bundle.pid, "Groups") == "")
            expectSuccess(try bundle.start())
            let file = bundle.folder + "/exec-pid"
            #expect(
                try bundle.callInGroup(
                    5000, "exec", "--detach", "--pid-file", file, bundle.id, "/bin/sleep", "1000"
                ).exit == 0)
            #expect(Processes.status(Files.value(file).flatMap { pid_t($0) } ?? 0, "Groups") == "")
        }
    }

    @Test("exec ends in time if the container stops the new process on its way in", .oursOnly)
    func stopped() throws {
        try Bundle.with({ config in
            config.bindPrograms()
            config.args = [
                "/usr/bin/perl", "-e",
                // What has become the program is let go: else the program would be stopped, and exec has to wait for it.
                """
                while (1) {
                    opendir(my $d, '/proc');
                    for (grep { /^\\d+$/ && $_ > 1 } readdir $d) {
                        open(my $f, '<', "/proc/$_/comm") or next;
                        kill(<$f> eq "true\\n" ? 'CONT' : 'STOP', $_);
                    }
                }
                """,
            ]
        }) { bundle in
            try bundle.linkLibraries()
            try bundle.launch()
            let start = Clock.now
            let outcome = try bundle.exec(["/bin/true"])
            if outcome.exit != 0 {
                expectFailure(outcome, "was stopped before it became the program", exit: 255)
                #expect(Clock.now - start < 60)
            }
            #expect(eventually { Files.value(bundle.cgroup + "/cgroup.procs") == "\(bundle.pid)" })
        }
    }
}

extension Bundle {
    /// Calls the runtime as a caller with one more supplementary group.
    fileprivate func callInGroup(_ group: Int, _ words: String...) throws -> Outcome { try callInGroup(group, words) }

    fileprivate func callInGroup(_ group: Int, _ words: [String]) throws -> Outcome {
        let log = folder + "/log/in-group"
        var outcome = try Program.run(
            ["/usr/bin/setpriv", "--groups", "\(group)"] + self.words(words, log: log))
        outcome.log = (try? Files.text(log)) ?? ""
        return outcome
    }
}
