import Testing

/// The features structure (features.md, features-linux.md): the runtime recognises what it lists.
@Suite("Conformance: features", .inMachine, .measured)
struct FeaturesConformance {
    private func features() throws -> JSON {
        let outcome = try Program.run([RuntimeUnderTest.path, "features"])
        #expect(outcome.exit == 0, "\(outcome.said)")
        return try JSON(outcome.output)
    }

    /// Whether a container that `change` shapes can be created.
    private func expectRecognised(_ word: String, _ change: (inout JSON) -> Void) throws {
        try Bundle.with(change) { bundle throws in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0, "\(word): \(outcome.said)")
        }
    }

    /// The numbers of a version, without what follows a hyphen.
    private func numbers(_ version: String?) -> [Int] {
        (version ?? "").prefix { $0 != "-" }.split(separator: ".").compactMap { Int($0) }
    }

    @Test("features.md, ociVersionMin and ociVersionMax: both are accepted, the second is not less")
    func versions() throws {
        let features = try features()
        let least = features["ociVersionMin"].string, most = features["ociVersionMax"].string
        #expect(numbers(least).count == 3 && numbers(most).count == 3)
        #expect(!numbers(most).lexicographicallyPrecedes(numbers(least)))
        for version in [least, most] {
            try expectRecognised(version ?? "") { $0["ociVersion"] = .string(version ?? "") }
        }
    }

    @Test("features.md, ociVersionMax: there is no property that the specification does not define")
    func properties() throws {
        let known = [
            "ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations",
            "potentiallyUnsafeConfigAnnotations",
        ]
        let linux = [
            "namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt", "mountExtensions",
            "memoryPolicy", "netDevices",
        ]
        let features = try features()
        #expect(features.keys.filter { !known.contains($0) } == [])
        #expect(features["linux"].keys.filter { !linux.contains($0) } == [])
    }

    @Test("features.md: null is not confused with empty values")
    func null() throws {
        #expect(try !Program.run([RuntimeUnderTest.path, "features"]).output.contains("null"))
    }

    @Test("features.md, hooks: each kind is supported")
    func hooks() throws {
        let kinds = try features()["hooks"].strings
        #expect(!kinds.isEmpty)
        for kind in kinds { try expectRecognised(kind) { $0["hooks"][kind] = [["path": "/bin/true"]] } }
    }

    @Test("features.md, mountOptions: each word is recognised")
    func mountOptions() throws {
        let words = try features()["mountOptions"].strings
        #expect(!words.isEmpty)
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            for word in words where !["bind", "rbind", "remount", "idmap", "ridmap"].contains(word) {
                // These words concern the path of a bind mount.
                let isOfBinds = ["copy-symlink", "src-nofollow", "dest-nofollow"].contains(word)
                if isOfBinds {
                    $0.bind("/etc", on: "/mnt/\(word)", ["bind", word])
                } else {
                    $0.mount("/mnt/\(word)", [word])
                }
            }
        } _: { bundle throws in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test("features.md, annotations: a map of strings")
    func annotations() throws {
        let annotations = try features()["annotations"]
        #expect(annotations.keys.allSatisfy { !$0.isEmpty && annotations[$0].string != nil })
    }

    @Test("features-linux.md, namespaces: each type is recognised")
    func namespaces() throws {
        let kinds = try features()["linux"]["namespaces"].strings
        #expect(!kinds.isEmpty)
        for kind in kinds {
            try expectRecognised(kind) { config in
                config.share(kind)
                if kind == "user" {
                    config.mapUsers()
                } else {
                    config["linux"]["namespaces"].append(["type": .string(kind)])
                }
            }
        }
    }

    @Test("features-linux.md, capabilities: each name is recognised")
    func capabilities() throws {
        let names = try features()["linux"]["capabilities"].strings
        #expect(!names.isEmpty)
        try Bundle.with {
            for set in ["bounding", "permitted"] { $0["process"]["capabilities"][set] = .words(names) }
        } _: { bundle throws in
            let outcome = try bundle.create()
            #expect(outcome.exit == 0 && !outcome.log.contains("CAP_"), "\(outcome.said)")
        }
    }

    @Test("features-linux.md, seccomp: actions, operators, architectures and flags are recognised")
    func seccomp() throws {
        let seccomp = try features()["linux"]["seccomp"]
        #expect(seccomp["enabled"] == true)
        for action in seccomp["actions"].strings where action != "SCMP_ACT_NOTIFY" {
            try expectRecognised(action) {
                $0["linux"]["seccomp"] = SeccompTests.profile(["names": ["chroot"], "action": .string(action)])
            }
        }
        for operation in seccomp["operators"].strings {
            try expectRecognised(operation) {
                let argument: JSON = ["index": 0, "value": 1, "valueTwo": 1, "op": .string(operation)]
                $0["linux"]["seccomp"] = SeccompTests.profile(
                    ["names": ["personality"], "action": "SCMP_ACT_ERRNO", "args": [argument]])
            }
        }
        for (property, list) in [("architectures", "archs"), ("flags", "knownFlags"), ("flags", "supportedFlags")] {
            for word in seccomp[list].strings {
                try expectRecognised(word) {
                    $0["linux"]["seccomp"] = SeccompTests.profile(["names": ["chroot"], "action": "SCMP_ACT_ERRNO"])
                    $0["linux"]["seccomp"][property] = [.string(word)]
                }
            }
        }
    }

    @Test("features-linux.md, memoryPolicy: each mode and flag is recognised")
    func memoryPolicy() throws {
        let policy = try features()["linux"]["memoryPolicy"]
        // Recognised, but newer than the kernels of the machine (Linux 6.9), which refuse them.
        for mode in policy["modes"].strings where mode != "MPOL_WEIGHTED_INTERLEAVE" {
            try expectRecognised(mode) {
                let needsNodes = !["MPOL_DEFAULT", "MPOL_LOCAL"].contains(mode)
                $0["linux"]["memoryPolicy"] = ["mode": .string(mode), "nodes": .string(needsNodes ? "0" : "")]
            }
        }
        for flag in policy["flags"].strings {
            let mode = flag == "MPOL_F_NUMA_BALANCING" ? "MPOL_BIND" : "MPOL_INTERLEAVE"
            try expectRecognised(flag) {
                $0["linux"]["memoryPolicy"] = ["mode": .string(mode), "nodes": "0", "flags": [.string(flag)]]
            }
        }
    }

    @Test("features-linux.md, mountExtensions: idmap is enabled if mappings of mounts are recognised")
    func idmap() throws {
        #expect(try features()["linux"]["mountExtensions"]["idmap"]["enabled"] == true)
    }
}
