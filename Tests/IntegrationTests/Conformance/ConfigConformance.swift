import Glibc
import Testing

/// The root filesystem, mounts and the requirements outside any section (config.md).
@Suite("Conformance: config.json", .inMachine, .measured)
struct ConfigConformance {
    @Test(
        "config.md, Specification version: ociVersion is a SemVer 2.0.0 version; any other text is an error",
        arguments: ["one", "1", ""])
    func version(text: String) throws {
        try Bundle.with { bundle throws in try bundle.expectNoContainer { $0["ociVersion"] = .string(text) } }
    }

    @Test("config.md, Root: a directory exists at path; else it is an error")
    func root() throws {
        try Bundle.with { bundle throws in
            try Files.write(bundle.folder + "/file", "")
            for path in ["nowhere", "file"] {
                try bundle.expectNoContainer { $0["root"]["path"] = .string(path) }
            }
        }
    }

    @Test("config.md, Root: readonly makes the root read-only inside")
    func readOnly() throws {
        let output = try Bundle.output(of: "touch /new 2>&1 || true") { $0["root"]["readonly"] = true }
        #expect(output.contains("Read-only file system"))
        #expect(try Bundle.output(of: "touch /new && echo written") { $0["root"]["readonly"] = false } == "written\n")
    }

    @Test("config.md, Mounts: entries are mounted in the listed order")
    func order() throws {
        let output = try Bundle.output(of: "ls /mnt; grep -c ' /mnt ' /proc/self/mountinfo") {
            $0.mount("/mnt")
            $0.mount("/mnt/below")
            $0.mount("/mnt/below/deeper")
        }
        #expect(output == "below\n1\n")
    }

    @Test("config.md, Mounts: a relative destination is interpreted as relative to /")
    func relative() throws {
        let output = try Bundle.output(of: "grep -c ' /mnt/here ' /proc/self/mountinfo") { $0.mount("mnt/here") }
        #expect(output == "1\n")
    }

    /// The words that a runtime must implement, except those of binds and propagation.
    static let words = [
        "async", "atime", "defaults", "dev", "diratime", "dirsync", "exec", "iversion", "lazytime", "loud", "noatime",
        "nodev", "nodiratime", "noexec", "noiversion", "nolazytime", "norelatime", "nostrictatime", "nosuid",
        "relatime",
        "ro", "rw", "silent", "strictatime", "suid", "sync",
    ]

    @Test("config.md, Linux mount options: the word is implemented, as mount(8) has it", arguments: words)
    func option(word: String) throws {
        let output = try Bundle.output(of: "grep ' /mnt/here ' /proc/self/mountinfo") { $0.mount("/mnt/here", [word]) }
        let options = output.words.dropFirst(5).first?.split(separator: ",").map(String.init) ?? []
        let data = output.words.last?.split(separator: ",").map(String.init) ?? []
        switch word {
        case "noatime", "nodev", "nodiratime", "noexec", "nosuid", "ro": #expect(options.contains(word))
        case "dirsync", "sync", "lazytime": #expect((options + data).contains(word))
        case "strictatime": #expect(!options.contains { $0.hasSuffix("atime") })
        case "relatime", "nostrictatime", "atime": #expect(options.contains("relatime"))
        case "rw": #expect(options.contains("rw"))
        default: #expect(!options.isEmpty && !options.contains(word), "\(options)")
        }
    }

    @Test("config.md, Linux mount options: bind and rbind", arguments: ["bind", "rbind"])
    func binds(word: String) throws {
        try Bundle.with {
            $0.shell("cat /mnt/here/name; ls /mnt/here/below")
        } _: { bundle throws in
            let source = bundle.folder + "/source"
            for folder in [source, source + "/below"] { try Files.makeFolder(folder) }
            try Files.write(source + "/name", "of the source\n")
            #expect(mount("tmpfs", source + "/below", "tmpfs", 0, nil) == 0)
            defer { umount2(source + "/below", 2) }
            try Files.write(source + "/below/deep", "")
            try bundle.edit { $0.bind(source, on: "/mnt/here", [word]) }
            #expect(try bundle.run().output == "of the source\n" + (word == "rbind" ? "deep\n" : ""))
        }
    }

    @Test(
        "config.md, Linux mount options: propagation words",
        arguments: ["private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"])
    func propagation(word: String) throws {
        try Bundle.with {
            $0.shell("grep ' /mnt/here ' /proc/self/mountinfo")
        } _: { bundle throws in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            #expect(mount(source, source, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(source, 2) }
            #expect(mount(nil, source, nil, UInt(MS_SHARED), nil) == 0)
            try bundle.edit { $0.bind(source, on: "/mnt/here", ["rbind", word]) }
            let fields = try bundle.run().output.words
            let tags = fields.dropFirst(6).prefix { $0 != "-" }
            switch word.hasPrefix("r") ? String(word.dropFirst()) : word {
            case "private": #expect(tags.isEmpty, "\(tags)")
            case "shared": #expect(tags.contains { $0.hasPrefix("shared:") }, "\(tags)")
            case "slave": #expect(tags.contains { $0.hasPrefix("master:") }, "\(tags)")
            default: #expect(tags.contains("unbindable"), "\(tags)")
            }
        }
    }

    @Test("config.md, Linux mount options: remount changes the mount that is there")
    func remount() throws {
        let output = try Bundle.output(of: "grep ' /mnt/here ' /proc/self/mountinfo") {
            $0.mount("/mnt/here", ["nodev"])
            $0.mount("/mnt/here", ["remount", "ro", "nodev"])
        }
        #expect(output.lines.count == 1)
        #expect(output.words.dropFirst(5).first?.hasPrefix("ro") == true)
    }

    @Test("config.md, Linux mount options: idmap without mappings of any kind is an error")
    func idmapWithoutMaps() throws {
        try Bundle.with { bundle throws in
            try Files.makeFolder(bundle.folder + "/source")
            try bundle.expectNoContainer { $0.bind(bundle.folder + "/source", on: "/mnt/here", ["bind", "idmap"]) }
        }
    }

    @Test(
        "config.md, Linux mount options: idmap and ridmap use the mappings of the mount",
        arguments: ["idmap", "ridmap"])
    func idmap(word: String) throws {
        try Bundle.with {
            $0.shell("stat -c %u:%g /mnt/here/file")
        } _: { bundle throws in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "")
            try bundle.edit {
                $0.bind(source, on: "/mnt/here", [word == "ridmap" ? "rbind" : "bind", word])
                let map: JSON = [["containerID": 0, "hostID": 1000, "size": 100]]
                let last = $0["mounts"].items.count - 1
                $0["mounts"][last]["uidMappings"] = map
                $0["mounts"][last]["gidMappings"] = map
            }
            let outcome = try bundle.run()
            #expect(outcome.output == "1000:1000\n", "\(outcome.said)")
        }
    }

    @Test("config.md, POSIX-platform Mounts: uidMappings and gidMappings come together", arguments: ["uid", "gid"])
    func mappingsTogether(kind: String) throws {
        try Bundle.with { bundle throws in
            try Files.makeFolder(bundle.folder + "/source")
            try bundle.expectNoContainer {
                $0.bind(bundle.folder + "/source", on: "/mnt/here", ["bind", "idmap"])
                let last = $0["mounts"].items.count - 1
                $0["mounts"][last]["\(kind)Mappings"] = [["containerID": 0, "hostID": 1000, "size": 100]]
            }
        }
    }

    @Test("config.md, Annotations: a map of strings by keys that are not empty; else it is an error")
    func annotations() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["annotations"] = ["": "value"] }
            try bundle.expectNoContainer { $0["annotations"] = ["org.example": 5] }
            try bundle.expectNoContainer { $0["annotations"] = ["org.example"] }
        }
    }

    @Test("config.md, Annotations: unknown keys are no error")
    func unknownAnnotation() throws {
        try Bundle.with({ $0["annotations"] = ["org.example.nobody.knows": "x"] }) { bundle throws in
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("config.md, Extensibility: unknown properties are ignored")
    func unknown() throws {
        try Bundle.with {
            $0["nobodyKnows"] = ["a": [1, 2]]
            $0["process"]["nobodyKnows"] = true
            $0["linux"]["nobodyKnows"] = "x"
            $0["mounts"][0]["nobodyKnows"] = 1
        } _: { bundle throws in
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("config.md, Valid values: a value that is invalid or not supported is an error")
    func invalid() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["hostname"] = 5 }
            try bundle.expectNoContainer { $0["process"]["user"]["uid"] = -1 }
            try bundle.expectNoContainer { $0["linux"]["namespaces"].append(["type": "galaxy"]) }
            try bundle.expectNoContainer { $0["linux"]["rootfsPropagation"] = "sideways" }
            try bundle.expectNoContainer { $0["linux"]["seccomp"] = ["defaultAction": "SCMP_ACT_SHRUG"] }
        }
    }
}
