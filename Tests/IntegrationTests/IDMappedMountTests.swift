import Glibc
import Testing

/// Id-mapped mounts: `idmap`, `ridmap`, uidMappings and gidMappings of a mount (WhatMountsMean, "Id-mapped mounts").
@Suite("Id-mapped mounts", .inMachine, .unless("id-mapped-mounts"))
struct IDMappedMountTests {
    static func map(_ inside: Int, _ host: Int, _ size: Int) -> JSON {
        [["containerID": .int(inside), "hostID": .int(host), "size": .int(size)]]
    }

    /// A folder with a file of root's, one of 5:6, and a mount below with another file of root's.
    static func withSource(
        _ edit: (inout JSON) throws -> Void = { _ in }, _ body: (Bundle, String) throws -> Void
    ) throws {
        try Bundle.with(edit) { bundle in
            let source = bundle.folder + "/source", other = bundle.folder + "/other"
            for folder in [source, source + "/below", other] { try Files.makeFolder(folder, mode: 0o777) }
            for file in [source + "/root", source + "/user", other + "/deep"] { try Files.write(file, "") }
            chown(source + "/user", 5, 6)
            // root of a user namespace could not make these
            for place in ["/data", "/plain"] { try Files.makeFolder(bundle.rootfs + place) }
            #expect(mount(other, source + "/below", nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(source + "/below", 2) }
            try body(bundle, source)
        }
    }

    static func mapped(
        _ source: String, _ options: [String], uids: JSON = .null, gids: JSON = .null
    ) -> JSON {
        var mount: JSON = [
            "destination": "/data", "type": "bind", "source": .string(source), "options": .words(options),
        ]
        if uids != .null { mount["uidMappings"] = uids }
        if gids != .null { mount["gidMappings"] = gids }
        return mount
    }

    @Test("idmap with mappings of its own, without a user namespace: files have the mapped owners, on disk their own")
    func mappings() throws {
        try Self.withSource {
            $0.shell(
                "stat -c '%n %u:%g' root user; touch new; stat -c '%n %u:%g' new; touch /made 2>/dev/null || echo no")
            $0["process"]["user"] = ["uid": 100003, "gid": 200003]
            $0["process"]["cwd"] = "/data"
        } _: { bundle, source in
            try bundle.edit {
                $0["mounts"].append(
                    Self.mapped(
                        source, ["rbind", "idmap"], uids: Self.map(0, 100000, 10), gids: Self.map(0, 200000, 10)))
            }
            let outcome = try bundle.run()
            #expect(
                outcome.output.lines == ["root 100000:200000", "user 100005:200006", "new 100003:200003", "no"],
                "\(outcome.said)")
            let made = Files.status(source + "/new")
            #expect(made?.st_uid == 3 && made?.st_gid == 3)
            #expect(Files.status(source + "/root")?.st_uid == 0)
        }
    }

    @Test(
        "idmap without mappings in a user namespace: the container's own, so that owners are the same inside as on disk"
    )
    func userNamespace() throws {
        try Self.withSource {
            $0.mapUsers()
            $0.shell("stat -c '%n %u:%g' /data/root /data/user /plain/root; touch /data/new; stat -c '%u:%g' /data/new")
        } _: { bundle, source in
            try bundle.edit {
                $0["mounts"].append(Self.mapped(source, ["bind", "idmap"]))
                $0.bind(source, on: "/plain", ["bind"])
            }
            let outcome = try bundle.run()
            #expect(
                outcome.output.lines == ["/data/root 0:0", "/data/user 5:6", "/plain/root 65534:65534", "0:0"],
                "\(outcome.said)")
            #expect(Files.status(source + "/new")?.st_uid == 0)
        }
    }

    @Test("idmap without mappings in a user namespace by path: that one's")
    func joinedUserNamespace() throws {
        try Bundle.with({
            $0.mapUsers(to: 300000)
            $0.args = ["/bin/sleep", "1000"]
        }) { other in
            try other.launch()
            try Self.withSource {
                $0.join("user", at: "/proc/\(other.pid)/ns/user")
                $0.shell("stat -c '%n %u:%g' /data/root /data/user")
            } _: { bundle, source in
                try bundle.edit { $0["mounts"].append(Self.mapped(source, ["bind", "idmap"])) }
                let outcome = try bundle.run()
                #expect(outcome.output.lines == ["/data/root 0:0", "/data/user 5:6"], "\(outcome.said)")
            }
        }
    }

    @Test("idmap maps the top mount alone, ridmap all below as well; flags, files and mappings without the word do too")
    func recursion() throws {
        let uids = Self.map(0, 100000, 10)
        try Self.withSource {
            $0.shell(
                "stat -c '%u' /one/root /one/below/deep /all/root /all/below/deep /file /old/root; cat /proc/self/mountinfo"
            )
        } _: { bundle, source in
            try bundle.edit { config in
                func add(_ destination: String, _ source: String, _ options: [String]) {
                    var mount = Self.mapped(source, options, uids: uids, gids: uids)
                    mount["destination"] = .string(destination)
                    config["mounts"].append(mount)
                }
                add("/one", source, ["rbind", "idmap", "ro", "nosuid"])
                add("/all", source, ["rbind", "ridmap", "rro"])
                add("/file", source + "/root", ["bind", "idmap"])
                add("/old", source, ["bind"])
            }
            let outcome = try bundle.run()
            #expect(
                outcome.output.lines.prefix(6) == ["100000", "0", "100000", "100000", "100000", "100000"],
                "\(outcome.said)")
            let table = MountTable(outcome.output)
            #expect(table["/one"]?.has("ro") == true && table["/one"]?.has("nosuid") == true)
            #expect(table["/one/below"]?.has("ro") == false)
            #expect(table["/all/below"]?.has("ro") == true)
        }
    }

    @Test("ranges in the option, in crun's form: absolute, and with @ through the container's mappings")
    func ranges() throws {
        try Self.withSource {
            $0.mapUsers()
            $0.shell("stat -c '%u:%g' /data/root /data/user")
        } _: { bundle, source in
            let ranges = [
                ("idmap=uids=0-100007-1#5-100050-2;gids=0-100008-10", ["7:8", "50:14"]),
                ("idmap=uids=@0-20-10;gids=@0-30-10", ["20:30", "25:36"]),
            ]
            for (option, owners) in ranges {
                try bundle.edit {
                    $0["mounts"].filter { $0["destination"] != "/data" }
                    $0["mounts"].append(Self.mapped(source, ["bind", option]))
                }
                let outcome = try bundle.run()
                #expect(outcome.output.lines == owners, "\(option): \(outcome.said)")
            }
        }
    }

    @Test("impossible id mappings are refused with their place, and nothing is left")
    func refused() throws {
        try Bundle.with { bundle in
            func refused(
                _ words: String, at end: String, _ mount: JSON, line: SourceLocation = #_sourceLocation
            ) throws {
                try bundle.expectRefusal(words, at: "/mounts/7" + end, sourceLocation: line) {
                    $0["mounts"].append(mount)
                }
            }
            let some = Self.map(0, 100000, 10), root = bundle.rootfs
            try refused("needs a user namespace", at: "/options", Self.mapped(root, ["bind", "idmap"]))
            try refused("both uidMappings and gidMappings", at: "/uidMappings", Self.mapped(root, ["bind"], uids: some))
            try refused(
                "both uidMappings and gidMappings", at: "/gidMappings",
                Self.mapped(root, ["bind", "idmap"], gids: some))
            try refused(
                "malformed id range", at: "/options", Self.mapped(root, ["bind", "idmap=uids=1-2;gids=0-0-1"]))
            try refused(
                "map the ids of /sys: invalid argument", at: "",
                Self.mapped("/sys", ["bind", "idmap"], uids: some, gids: some))
            try refused(
                "uid_map", at: "",
                Self.mapped(
                    root, ["bind", "idmap"],
                    uids: [
                        ["containerID": 0, "hostID": 0, "size": 10], ["containerID": 5, "hostID": 100, "size": 10],
                    ], gids: some))
            var tmpfs = Self.mapped("tmpfs", ["idmap"], uids: some, gids: some)
            tmpfs["type"] = "tmpfs"
            try refused("only a bind mount can be id-mapped", at: "/options", tmpfs)
        }
    }
}
