import Glibc
import Testing

/// `--no-pivot`: the rootfs is moved over `/` (WhatMountsMean, "Change of the root").
@Suite("--no-pivot", .inMachine)
struct NoPivotTests {
    @Test("--no-pivot: the container has its root and its mounts, and no other")
    func root() throws {
        try Bundle.with {
            $0.shell(
                "ls /; pwd; cat /proc/self/mountinfo; cd /..; ls; touch /written; mount -t tmpfs own /tmp && echo mounted"
            )
            $0.allCapabilities()
            $0["linux"]["rootfsPropagation"] = "rslave"
        } _: { bundle in
            let outcome = try bundle.run("--no-pivot")
            #expect(outcome.exit == 0, "\(outcome.said)")
            let lines = outcome.output.lines
            let names = ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "var"]
            #expect(Array(lines.prefix(9)) == names + ["/"])
            #expect(Array(lines.suffix(9)) == names + ["mounted"])
            let table = MountTable(outcome.output)
            #expect(table.entries.allSatisfy { !$0.destination.contains("apus-tests") }, "\(outcome.output)")
            #expect(table["/"]?.root.hasSuffix("/rootfs") == true)
            #expect(table["/proc"]?.type == "proc" && table["/dev/pts"]?.type == "devpts")
            #expect(Files.exists(bundle.rootfs + "/written"))
            #expect(!MountTable.here.contains { $0.source == "own" })
        }
    }

    @Test(
        "--no-pivot: a user namespace that the container makes cannot mount an unmasked proc",
        arguments: [["--no-pivot"], []])
    func maskedProc(options: [String]) throws {
        let nested = "/bin/busybox unshare -U -r -p -f -m mount -t proc proc /tmp"
        try Bundle.with {
            $0.allCapabilities()
            $0.shell("\(nested) && echo uncovered")
            $0["process"]["noNewPrivileges"] = false
        } _: { bundle in
            let masked = try bundle.call(["run", "--bundle", bundle.folder] + options + [bundle.id])
            #expect(!masked.output.contains("uncovered"), "\(masked.said)")
            // the same without masks; otherwise the test would only show that it never works
            try bundle.edit {
                $0["linux"]["maskedPaths"] = .null
                $0["linux"]["readonlyPaths"] = .null
            }
            let whole = try bundle.call(["run", "--bundle", bundle.folder] + options + [bundle.id])
            #expect(whole.output == "uncovered\n", "\(whole.said)")
        }
    }

    @Test(
        "--no-pivot with shared mounts on the host: all of them are still there",
        arguments: ["shared", "rslave", "slave"])
    func sharedHost(propagation: String) throws {
        if propagation != "rslave", !RuntimeUnderTest.isOurs { return }
        try Bundle.with {
            $0["linux"]["rootfsPropagation"] = .string(propagation)
            $0.shell("cat /proc/self/mountinfo")
        } _: { bundle in
            let script = """
                mount --make-rshared /; cut -d' ' -f4,5 /proc/self/mountinfo > before; "$@" > inside; echo $?; \
                cut -d' ' -f4,5 /proc/self/mountinfo | diff before - && stat -f -c %T /proc /sys
                """
            let words = bundle.words(
                ["run", "--no-pivot", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/shared")
            let outcome = try Program.run(
                ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script, "sh"] + words,
                .init(folder: bundle.folder))
            #expect(outcome.output == "0\nproc\nsysfs\n", "\(outcome.said)")
            let table = MountTable(try Files.text(bundle.folder + "/inside"))
            let tags = table["/"]?.propagation ?? ["none"]
            #expect(tags.contains { $0.hasPrefix("shared:") } == (propagation == "shared"), "\(tags)")
        }
    }

    @Test(
        "--no-pivot with two procfs stacked on the host's shared /proc: both are still there",
        arguments: ["shared", "slave"])
    func stackedProc(propagation: String) throws {
        if !RuntimeUnderTest.isOurs { return }
        try Bundle.with {
            $0["linux"]["rootfsPropagation"] = .string(propagation)
            $0.allCapabilities()
            $0.shell("/bin/busybox unshare -U -r -p -f -m mount -t proc proc /tmp && echo uncovered; echo ran")
        } _: { bundle in
            let script = """
                mount --make-rshared /; mount -t proc upper /proc
                cut -d' ' -f4,5 /proc/self/mountinfo > before; "$@" > inside; echo $?; \
                cut -d' ' -f4,5 /proc/self/mountinfo | diff before - && grep -c ' /proc$' before
                """
            let words = bundle.words(
                ["run", "--no-pivot", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/stacked")
            let outcome = try Program.run(
                ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script, "sh"] + words,
                .init(folder: bundle.folder))
            #expect(outcome.output == "0\n2\n", "\(outcome.said)")
            // What stays there must not show an unmasked proc.
            #expect(try Files.text(bundle.folder + "/inside") == "ran\n")
        }
    }

    @Test(
        "--no-pivot refuses [r]private, which would keep the host's mounts busy", .unless("no-pivot-private"),
        arguments: ["private", "rprivate"])
    func refused(propagation: String) throws {
        try Bundle.with { bundle in
            try bundle.edit { $0["linux"]["rootfsPropagation"] = .string(propagation) }
            expectFailure(
                try bundle.create("--no-pivot"), "rootfsPropagation of [r]private is not safe",
                at: "/linux/rootfsPropagation")
            bundle.expectNothingLeft()
        }
    }
}
