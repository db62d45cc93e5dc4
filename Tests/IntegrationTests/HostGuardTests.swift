import Glibc
import TestSupport
import Testing

/// How the host is protected from a container, apart from the CVEs: mounts, names, signals, keys, and commands that
/// must not wait.
@Suite("Between container and host", .inMachine)
struct HostGuardTests {
    @Test(
        "whatever rootfsPropagation says, no mount of the container is left on the host, and none of the host's goes",
        arguments: ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable"]
            + (Difference.applies("root-runbindable") ? [] : ["runbindable"]))
    func propagation(word: String) throws {
        try Bundle.with {
            $0["linux"]["rootfsPropagation"] = .string(word)
            // runc and crun cannot bind a read-only path from an unbindable mount.
            if !RuntimeUnderTest.isOurs { $0["linux"]["readonlyPaths"] = .null }
        } _: { bundle in
            let volume = bundle.folder + "/volume"
            try Files.makeFolder(volume)
            #expect(mount(bundle.folder, bundle.folder, nil, UInt(MS_BIND), nil) == 0)
            #expect(mount(nil, bundle.folder, nil, UInt(MS_SHARED), nil) == 0)
            #expect(mount("tmpfs", volume, "tmpfs", 0, nil) == 0)
            defer {
                umount2(volume, 2)
                umount2(bundle.folder, 2)
            }
            // Other tests run at the same time and mount too.
            func mounts() -> [String] {
                MountTable.here.map(\.line).filter { !$0.contains("/apus-tests-") || $0.contains(bundle.folder) }
            }
            let before = mounts()
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(mounts() == before)
        }
    }

    @Test(
        "with a shared root, what the container mounts in a shared volume is seen on the host",
        arguments: ["shared", "rshared"])
    func sharedVolume(word: String) throws {
        try Bundle.with {
            $0["linux"]["rootfsPropagation"] = .string(word)
            $0.allCapabilities()
            $0.shell("mount -t tmpfs inside /volume/place")
        } _: { bundle in
            let volume = bundle.folder + "/volume"
            for folder in ["", "/place"] { try Files.makeFolder(volume + folder) }
            #expect(mount(volume, volume, nil, UInt(MS_BIND), nil) == 0)
            #expect(mount(nil, volume, nil, UInt(MS_SHARED), nil) == 0)
            defer {
                umount2(volume + "/place", 2)
                umount2(volume, 2)
            }
            try bundle.edit { $0.bind(volume, on: "/volume", ["rbind", "rshared"]) }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(MountTable.here.last { $0.destination == volume + "/place" }?.source == "inside")
        }
    }

    @Test(
        "in a user namespace the host's read-only mount stays read-only, and mounts that cover a part of it stay",
        .unless("unlocked-binds"))
    func lockedBind() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.allCapabilities()
            $0.shell(
                "mount -o remount,bind,rw /volume; touch /volume/written; umount /volume/covered; ls /volume/covered; ls /volume"
            )
        } _: { bundle in
            let volume = bundle.folder + "/volume"
            for folder in [volume, bundle.rootfs + "/volume"] { try Files.makeFolder(folder) }
            #expect(mount("tmpfs", volume, "tmpfs", 0, "mode=777") == 0)
            defer { umount2(volume, 2) }
            try Files.makeFolder(volume + "/covered", mode: 0o777)
            try Files.write(volume + "/covered/secret", "")
            #expect(mount("tmpfs", volume + "/covered", "tmpfs", 0, nil) == 0)
            #expect(mount(nil, volume, nil, UInt(MS_REMOUNT | MS_BIND | MS_RDONLY), nil) == 0)
            try bundle.edit { $0.bind(volume, on: "/volume") }
            let outcome = try bundle.run()
            #expect(outcome.output == "covered\n", "\(outcome.said)")
        }
    }

    @Test("an empty hostname or domainname without a UTS namespace leaves the host's")
    func emptyNames() throws {
        let before = try Program.run(["/bin/hostname"]).output
        #expect(!before.trimmed.isEmpty)
        _ = try Bundle.output(of: "true") {
            $0.share("uts")
            $0["hostname"] = ""
            $0["domainname"] = ""
        }
        #expect(try Program.run(["/bin/hostname"]).output == before)
    }

    @Test("signals that the caller ignores are not ignored in the container", .unless("realtime-signals"))
    func ignoredSignals() throws {
        try Bundle.with {
            // busybox's sh ignores SIGQUIT by itself
            $0["process"]["args"] = ["/bin/grep", "-E", "SigIgn|SigBlk", "/proc/self/status"]
        } _: { bundle in
            let ignoring = ["/bin/sh", "-c", "trap '' HUP PIPE USR1 CHLD TERM; exec \"$@\"", "sh"]
            let words = bundle.words(
                ["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/ignoring")
            let outcome = try Program.run(ignoring + words)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(
                outcome.output.words == [
                    "SigBlk:", String(repeating: "0", count: 16), "SigIgn:", String(repeating: "0", count: 16),
                ])
        }
    }

    @Test("the container has a session keyring of its own, and with --no-new-keyring its caller's")
    func keyring() throws {
        try Bundle.with {
            $0["linux"]["maskedPaths"] = .null
            $0.shell("cat /proc/keys")
        } _: { bundle in
            let own = try bundle.run().output, callers = try bundle.run("--no-new-keyring").output
            #expect(own.contains(bundle.id))
            #expect(!callers.contains(bundle.id))
        }
    }

    @Test("a startContainer hook starts below a filter that hides clone3, as Docker's does")
    func hiddenClone() throws {
        _ = try Bundle.output(of: "true") {
            $0["process"]["noNewPrivileges"] = false
            $0["linux"]["seccomp"] = [
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [["names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38]],
            ]
            $0["hooks"]["startContainer"] = [["path": "/bin/true"]]
        }
    }

    @Test("a missing working directory is made even if the root is read-only")
    func directoryInReadOnlyRoot() throws {
        let output = try Bundle.output(of: "pwd; touch here 2>/dev/null || echo read-only") {
            $0["root"]["readonly"] = true
            $0["process"]["cwd"] = "/not/there"
        }
        #expect(output == "/not/there\nread-only\n")
    }

    @Test("delete --force ends a container whose start hangs in a hook", .unless("start-fifo-stays"))
    func hangingStart() throws {
        try Bundle.with {
            $0["hooks"]["startContainer"] = [["path": "/bin/sleep", "args": ["sleep", "1000"]]]
        } _: { bundle in
            expectSuccess(try bundle.create())
            let starting = try bundle.begin("start", bundle.id)
            #expect(eventually { !Files.exists(bundle.state + "/" + bundle.id + "/start.sock") })
            let begun = Clock.now
            #expect(try bundle.delete(force: true).exit == 0)
            #expect(Clock.now - begun < 30)
            _ = starting.outcome(within: 60)
            bundle.expectNothingLeft()
        }
    }
}
