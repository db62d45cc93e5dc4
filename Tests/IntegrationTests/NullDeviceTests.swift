import Glibc
import Testing

/// The null device behind standard streams and masked files: never the host's node, and never the container's own
/// replacement of /dev/null.
@Suite("The null device", .inMachine)
struct NullDeviceTests {
    /// `exec` of a script whose standard input and error are the host's /dev/null.
    private func exec(_ bundle: Bundle, _ script: String) throws -> Outcome {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        return try bundle.exec(
            ["/bin/sh", "-c", script], surroundings: .init(input: .descriptor(null), descriptors: [2: null]))
    }

    /// The mode of the host's /dev/null. The test restores it.
    private func hostMode() -> mode_t {
        let mode = Files.status("/dev/null")?.st_mode ?? 0
        chmod("/dev/null", 0o666)
        return mode & 0o7777
    }

    @Test("exec: a container that replaced its /dev/null cannot change the mode of the host's", .unless("null-of-host"))
    func replaced() throws {
        try Bundle.running { bundle in
            expectSuccess(try bundle.exec(["/bin/sh", "-c", "rm /dev/null && echo planted > /dev/null"]))
            let outcome = try exec(bundle, "chmod 600 /proc/$$/fd/0; stat -L -c %t:%T /proc/$$/fd/0 /proc/$$/fd/2; cat")
            #expect(outcome.output == "1:3\n1:3\n", "\(outcome.said)")
            #expect(hostMode() == 0o666)
        }
    }

    @Test(
        "create: a program without capabilities cannot change the mode of the host's /dev/null through its streams",
        .unless("null-of-host"))
    func created() throws {
        for hasUserNamespace in [false, true] {
            try Bundle.with { config in
                // Root of the container is root of the host, who owns the node.
                if hasUserNamespace { config.mapUsers(to: 0) }
                config["process"]["capabilities"] = [:]
                config.shell("chmod 600 /proc/$$/fd/0; stat -L -c %t:%T /proc/$$/fd/0")
            } _: { bundle in
                let outcome = try bundle.run()
                #expect(outcome.output == "1:3\n", "\(outcome.said)")
                #expect(hostMode() == 0o666, "user namespace: \(hasUserNamespace)")
            }
        }
    }

    @Test(
        "a user namespace whose root is the host's cannot change the mode of the host's devices",
        .unless("devices-of-host"))
    func userNamespace() throws {
        // crun gives the streams of a container to its user, /dev/null as well.
        chown("/dev/null", 0, 0)
        try Bundle.with { config in
            config.mapUsers(to: 0)
            config.shell(
                "cd /dev; stat -c '%n %t:%T %a %u' null full tty; chmod 600 null zero; echo x > zero && echo works")
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(
                outcome.output.lines == ["null 1:3 666 0", "full 1:7 666 0", "tty 5:0 666 0", "works"],
                "\(outcome.said)")
            let zero = Files.status("/dev/zero")?.st_mode ?? 0
            chmod("/dev/zero", 0o666)
            #expect(hostMode() == 0o666 && zero & 0o7777 == 0o666)
        }
    }

    @Test(
        "a runtime without CAP_MKNOD: the container reaches the host's devices, but cannot change their modes",
        .unless("devices-of-host"))
    func withoutMakingNodes() throws {
        try Bundle.with { config in
            config.shell(
                "chmod 600 /dev/null /proc/$$/fd/0 /secret; stat -L -c %t:%T /proc/$$/fd/0 /secret; echo x > /dev/null && echo works"
            )
            config["linux"]["maskedPaths"] = ["/secret"]
        } _: { bundle in
            try Files.write(bundle.rootfs + "/secret", "secret\n")
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/less")
            let outcome = try Program.run(["setpriv", "--bounding-set=-mknod"] + words)
            #expect(outcome.output == "1:3\n1:3\nworks\n", "\(outcome.said)")
            #expect(hostMode() == 0o666)
        }
    }

    @Test(
        "exec opens nothing at /dev/null: a terminal planted there does not become the controlling one",
        .unless("null-of-container"))
    func terminal() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0.allCapabilities()
        } _: { bundle in
            try bundle.launch()
            let master = open("/proc/\(bundle.pid)/root/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            defer { close(master) }
            let setLock: UInt = 0x4004_5431
            var isLocked: Int32 = 0
            #expect(master >= 0 && ioctl(master, setLock, &isLocked) == 0)
            expectSuccess(try bundle.exec(["/bin/sh", "-c", "mount -o bind /dev/pts/0 /dev/null"]))
            let outcome = try exec(bundle, "cut -d' ' -f7 /proc/$$/stat; stat -L -c %t:%T /proc/$$/fd/0")
            #expect(outcome.output == "0\n1:3\n", "\(outcome.said)")
        }
    }

    @Test(
        "each masked file is a separate null device: changing its mode changes no other", .unless("null-of-mask"))
    func masked() throws {
        let output = try Bundle.output(
            of: "chmod 600 /secret; stat -c %a /dev/null; cat /secret | wc -c; stat -c %t:%T /secret /other"
        ) {
            $0["linux"]["maskedPaths"] = ["/secret", "/other"]
        } prepare: {
            for name in ["/secret", "/other"] { try Files.write($0.rootfs + name, "secret\n") }
        }
        #expect(output.words == ["666", "0", "1:3", "1:3"], "\(output)")
    }

    @Test(
        "masked files with a bind of the host's /dev: they do not lead to the host's null device",
        .unless("null-of-mask"))
    func maskedWithHostDevices() throws {
        let output = try Bundle.output(of: "[ /secret -ef /dev/null ] && echo same; cat /secret | wc -c") { config in
            for place in ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"] { config.unmount(place) }
            config.bind("/dev", on: "/dev")
            config["linux"]["maskedPaths"] = ["/secret"]
        } prepare: {
            try Files.write($0.rootfs + "/secret", "secret\n")
        }
        #expect(output.words == ["0"], "\(output)")
    }
}
