import Glibc
import TestSupport
import Testing

/// A map of many ids, which an ordinary user has made by newuidmap and newgidmap.
@Suite("Subordinate ids", .inMachine)
struct SubordinateIDTests {
    /// The user's own id as root, and 65535 of those that /etc/subuid gives.
    private static func map(_ config: inout JSON, from first: Int = 100_000, count: Int = 65_535) {
        let map: JSON = [
            ["containerID": 0, "hostID": .int(Int(UserBundle.uid)), "size": 1],
            ["containerID": 1, "hostID": .int(first), "size": .int(count)],
        ]
        config["linux"]["uidMappings"] = map
        config["linux"]["gidMappings"] = map
    }

    /// What root does in the user's mount namespace, so that the user finds `text` in /etc/subuid and /etc/subgid.
    private static func ranges(_ text: String, in folder: String) throws -> String {
        try Files.write(folder + "/ranges", text)
        return "mount --bind \(folder)/ranges /etc/subuid && mount --bind \(folder)/ranges /etc/subgid && "
    }

    @Test(
        "many ids by newuidmap and newgidmap: groups can be set, and files have other owners",
        .unless("rootless-groups"))
    func many() throws {
        try UserBundle.with({
            Self.map(&$0)
            $0["process"]["user"]["additionalGids"] = [5, 7]
            let names: JSON = ["CAP_CHOWN", "CAP_SETUID", "CAP_SETGID"]
            for set in ["bounding", "effective", "permitted"] { $0["process"]["capabilities"][set] = names }
            $0.shell("cat /proc/self/uid_map; id -G; touch /tmp/f; chown 33:44 /tmp/f; stat -c %u:%g /tmp/f")
        }) { user in
            let words = try user.output().words
            #expect(words == ["0", "1000", "1", "1", "100000", "65535", "0", "5", "7", "33:44"], "\(words)")
            let status = Files.status(user.bundle.rootfs + "/tmp/f")
            #expect(status?.st_uid == 100_032 && status?.st_gid == 100_043)
            unlink(user.bundle.rootfs + "/tmp/f")
        }
    }

    @Test(
        "the program as another user; exec, kill and delete by the owner, also before the start",
        .unless("rootless-created"))
    func otherUser() throws {
        try UserBundle.with({
            Self.map(&$0)
            $0["process"]["user"]["uid"] = 33
            $0["process"]["user"]["gid"] = 44
            $0.args = ["/bin/sleep", "1000"]
        }) { user in
            expectSuccess(try user.create())
            let early = try user.exec("id -u")
            #expect(early.output == "33\n", "\(early.said)")
            expectSuccess(try user.call("start", user.bundle.id))
            #expect(Processes.status(user.bundle.pid, "Uid")?.words.first == "100032")
            let later = try user.call("exec", "--user", "7:8", user.bundle.id, "/bin/id", "-g")
            #expect(later.output == "8\n", "\(later.said)")
            expectSuccess(try user.call("kill", user.bundle.id, "KILL"))
            #expect(eventually { user.status == "stopped" })
            expectSuccess(try user.call("delete", user.bundle.id))
        }
    }

    @Test("no range for the user: the helper's own words, the file, and the way out; nothing is left", .oursOnly)
    func missing() throws {
        try UserBundle.with({ Self.map(&$0) }) { bundle in
            var user = bundle
            user.preparation = try Self.ranges("other:100000:65536\n", in: user.bundle.folder)
            let outcome = try user.create()
            expectFailure(
                outcome, "newgidmap: gid range [1-65536) -> [100000-165535) not allowed", at: "/linux/gidMappings")
            #expect(outcome.said.contains("/etc/subgid has no range for user tester"), "\(outcome.said)")
            #expect(outcome.said.contains("usermod --add-subgids"), "\(outcome.said)")
            #expect(!Files.exists(user.state))
        }
    }

    @Test("a range that is too small: what is given and what is asked for", .oursOnly)
    func small() throws {
        try UserBundle.with({ Self.map(&$0) }) { bundle in
            var user = bundle
            user.preparation = try Self.ranges("1000:100000:1000\n", in: user.bundle.folder)
            let outcome = try user.create()
            expectFailure(outcome, "newgidmap: gid range", at: "/linux/gidMappings")
            #expect(
                outcome.said.contains("/etc/subgid gives user tester 100000:1000, and 100000:65535 is not inside"),
                "\(outcome.said)")
        }
    }

    @Test("ranges that overlap in config.json: which two, before anything is made", .oursOnly)
    func overlap() throws {
        try UserBundle.with({
            Self.map(&$0)
            $0["linux"]["uidMappings"].append(["containerID": 9, "hostID": 100_000, "size": 5])
        }) { user in
            let outcome = try user.create()
            expectFailure(outcome, "the ids of this range and of range 1 overlap", at: "/linux/uidMappings/2")
            #expect(!Files.exists(user.state))
        }
    }

    @Test(
        "a range that another user has too: a warning, since its processes can reach the container's files", .oursOnly)
    func shared() throws {
        try UserBundle.with({
            Self.map(&$0)
            $0.shell("true")
        }) { bundle in
            var user = bundle
            user.preparation = try Self.ranges("tester:100000:65536\nother:150000:10\n", in: user.bundle.folder)
            let outcome = try user.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(
                outcome.said.contains("/etc/subuid gives 150000:10 to user other and 100000:65536 to user tester"),
                "\(outcome.said)")
        }
    }

    @Test("no helper: it is named, with the way to do without", .oursOnly)
    func noHelper() throws {
        try UserBundle.with({ Self.map(&$0) }) { bundle in
            var user = bundle
            user.preparation = "mount --bind /dev/null /usr/bin/newgidmap && "
            let outcome = try user.create()
            expectFailure(outcome, "newgidmap is not installed", at: "/linux/gidMappings")
            #expect(outcome.said.contains("\"hostID\": 1000, \"size\": 1"), "\(outcome.said)")
        }
    }

    @Test("a helper without its privilege: its words are passed on", .oursOnly)
    func powerless() throws {
        try UserBundle.with({ Self.map(&$0) }) { bundle in
            var user = bundle
            user.preparation =
                "cp /usr/bin/newgidmap \(user.bundle.folder)/helper && chmod 755 \(user.bundle.folder)/helper && "
                + "mount --bind \(user.bundle.folder)/helper /usr/bin/newgidmap && "
            let outcome = try user.create()
            expectFailure(outcome, "map the gids of the user namespace: newgidmap: ", at: "/linux/gidMappings")
            #expect(outcome.said.contains("set-user-ID bit"), "\(outcome.said)")
        }
    }
}
