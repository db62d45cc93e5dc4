import Glibc
import TestSupport
import Testing

/// What a container sees under apus, compared field by field with what it sees under Debian's runc and crun.
///
/// The bundles are those of `spec-fixtures/bundles`, as real callers write them. A field is right if it is the same
/// under one of the other two. A field that differs from both has a line `sees:BUNDLE:FIELD` in differences.txt; a
/// bundle has at most four.
@Suite(
    "Comparison with runc and crun", .inMachine, .oursOnly)
struct ComparisonTests {
    static let bundles = ["plain", "docker", "docker-limits", "docker-userns"]

    @Test("a bundle of a real caller", arguments: bundles)
    func bundle(name: String) throws {
        var views: [String: [String: String]] = [:]
        for runtime in ["apus", "runc", "crun"] {
            let path = runtime == "apus" ? RuntimeUnderTest.path : Program.find(runtime) ?? runtime
            views[runtime] = try View.of(name, under: path)
        }
        let (ours, runc, crun) = (views["apus"] ?? [:], views["runc"] ?? [:], views["crun"] ?? [:])
        #expect(ours.count > 150, "the probe did not come to its end: \(ours["diagnostics"] ?? "")")
        var found: [String] = []
        for field in Set(ours.keys).union(runc.keys).union(crun.keys).sorted() {
            if ours[field] == runc[field] || ours[field] == crun[field] { continue }
            let line = "sees:\(name):\(field)"
            found.append(line)
            if Difference.all.contains(where: { $0.name == line }) { continue }
            Issue.record(
                "\(line)\n  apus \(ours[field] ?? "-")\n  runc \(runc[field] ?? "-")\n  crun \(crun[field] ?? "-")")
        }
        #expect(found.count <= 4, "\(found)")
        let listed = Difference.all.map(\.name).filter { $0.hasPrefix("sees:\(name):") }
        #expect(listed.filter { !found.contains($0) } == [], "differences.txt lists what is not met any more")
    }
}

/// Everything that is compared of one container, by the names of the fields.
enum View {
    /// Prints `@NAME` and the lines that belong to it, again and again. It runs inside.
    private static let probe = """
        f() { echo "@$1"; }
        try() { echo "@try $*"; "$@" </dev/null 2>&1 >/dev/null; }
        f status; grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Umask|Sig[BC]|Threads|Cpus_allowed_l|Mems_allowed_l|Spec|CoreD)' \
          /proc/self/status
        f mountinfo; cat /proc/self/mountinfo
        f ns; cd /proc/self/ns; stat -c %N pid net mnt ipc uts user cgroup time; cd /
        f limits; cat /proc/self/limits
        f cgroup; cat /proc/self/cgroup
        f env; env
        f descriptors; cd /proc/$$/fd; echo *; cd /
        f oom_score_adj; cat /proc/self/oom_score_adj
        f umask; umask
        f hostname; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname
        f cwd; pwd
        f session; cut -d' ' -f1,4,5,6,7,8 /proc/$$/stat
        f maps; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups
        f lsm; cat /proc/self/attr/current
        f personality; cat /proc/self/personality
        f net; cat /sys/class/net/lo/flags; cd /sys/class/net; echo *; cd /
        f sysctl; cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range
        f dev; find /dev -exec stat -c '%n: %N %F %a %u:%g %t:%T' {} +
        f roots; stat -c '%n: %F %a %u:%g' / /proc /sys /tmp /etc /etc/hosts /root
        for n in /proc/kcore /proc/keys /proc/timer_list /sys/firmware /proc/acpi; do
          f "masked $n"; [ -d $n ] && echo folder; ls -A $n; read -r line < $n; echo $line
        done 2>&1
        try touch /new; try touch /proc/sys/kernel/new; try touch /dev/new; try touch /sys/new; try touch /etc/hosts
        try mount -t tmpfs x /tmp; try umount /proc; try chroot / true; try hostname other; try mkdir /tmp/new
        try unshare -r true; try ip link add dummy0 type dummy; try swapoff -a; try date -s 2000-01-01; try kill -0 1
        try chown 5:5 /tmp; try ln -s a /tmp/b; try mknod /tmp/fifo p
        for d in "c 1 3" "c 1 11" "c 5 1" "c 5 2" "c 10 200" "c 10 229" "c 136 0" "b 7 0" "b 254 0"; do
          n=/tmp/node; try mknod $n $d; f "open $d"; (exec 3<$n) 2>&1; rm -f $n
        done
        f end
        """

    static func of(_ name: String, under runtime: String) throws -> [String: String] {
        var config = try JSON(try Files.text("\(Host.sources)/spec-fixtures/bundles/\(name)/config.json"))
        var fields: [String: String] = [:]
        try Bundle.with {
            config["process"]["args"] = ["/bin/sh", "-c", .string(probe + "\nsleep 1000")]
            config["linux"]["cgroupsPath"] = $0["linux"]["cgroupsPath"]
            $0 = config
        } _: { bundle in
            try Files.makeFolder(bundle.folder + "/etc")
            for file in ["resolv.conf", "hostname", "hosts"] {
                try Files.write(bundle.folder + "/etc/" + file, "test\n")
            }
            // as Docker does it: the files belong to the container's root
            let root = config["linux"]["uidMappings"][0]["hostID"].int ?? 0
            for path in [
                "/etc/resolv.conf", "/etc/hostname", "/etc/hosts", "/rootfs", "/rootfs/tmp", "/rootfs/etc",
                "/rootfs/root",
            ] {
                chown(bundle.folder + path, uid_t(root), gid_t(root))
            }
            let words = [runtime, "--root", bundle.state]
            let create = try Program.start(
                words + ["create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id])
            let created = eventually(within: 120) { Processes.isGone(create.pid) }
            #expect(created)
            let started = try Program.run(words + ["start", bundle.id])
            #expect(started.exit == 0, "\(runtime): \(create.diagnostics) \(started.said)")
            _ = eventually(within: 120) { create.output.contains("@end\n") }
            fields = parse(create.output, bundle)
            fields["diagnostics"] = create.diagnostics
            look(at: bundle, &fields)
            _ = try Program.run(words + ["delete", "--force", bundle.id])
            _ = create.outcome()
        }
        return fields
    }

    /// Splits the probe's output into fields, without what must differ: the numbers of mounts and namespaces, the id.
    private static func parse(_ output: String, _ bundle: Bundle) -> [String: String] {
        var fields: [String: String] = [:], section = ""
        let host = ["pid", "net", "mnt", "ipc", "uts", "user", "cgroup", "time"].compactMap {
            Files.link("/proc/self/ns/\($0)")
        }
        for line in output.replacing(bundle.id, with: "ID").lines {
            if line.hasPrefix("@") {
                section = String(line.dropFirst())
                fields[section] = ""
                continue
            }
            switch section {
            case "mountinfo":
                guard let entry = MountEntry(line) else { continue }
                let tags = entry.propagation.map { $0.prefix { $0 != ":" } }.joined(separator: ",")
                // The last two options belong to the host's only cgroup2, and the peers remove them.
                let others = ["inode64", "nsdelegate", "memory_recursiveprot"]
                let data = entry.superOptions.filter { !others.contains($0) }.joined(separator: ",")
                let text =
                    "\(entry.root) \(entry.options.joined(separator: ",")) [\(tags)] \(entry.type) \(entry.source) \(data)"
                // A masked file shows a null device; the owner does not matter.
                let isMask = entry.root == "/null" && entry.destination != "/dev/null"
                fields["mountinfo \(entry.destination)", default: ""] += (isMask ? "null" : text) + ";"
            case "ns":
                // 'pid' -> 'pid:[4026531836]'
                let parts = line.split(separator: "'").map(String.init)
                guard parts.count == 3 else { continue }
                fields["ns \(parts[0])"] = host.contains(parts[2]) ? "host's" : "own"
            case "status", "dev", "roots":
                guard let colon = line.firstIndex(of: ":") else { continue }
                fields["\(section) \(line[..<colon])"] = line[line.index(after: colon)...].trimmed
            case "limits":
                fields["limits \(line.prefix(25).trimmed)"] = line.dropFirst(25).words.joined(separator: " ")
            case "env":
                let name = line.prefix { $0 != "=" }
                fields["env \(name)"] = String(line)
            default:
                fields[section, default: ""] += line + "\n"
            }
        }
        return fields
    }

    /// Adds what the host sees: the files of the cgroup and the process.
    private static func look(at bundle: Bundle, _ fields: inout [String: String]) {
        // values that change by themselves, or that only repeat others in other words
        let passing = [
            "nice",
            "stat", "current", "events", "local", "pressure", "peak", "procs", "threads", "effective", "kill",
            "failcnt",
        ]
        for file in Files.names(bundle.cgroup) where !passing.contains(where: { file.hasSuffix($0) }) {
            guard let value = Files.value(bundle.cgroup + "/" + file) else { continue }
            fields["cgroup \(file)"] = value
        }
        fields["cgroup owner"] = Files.status(bundle.cgroup).map {
            "\($0.st_uid):\($0.st_gid) \(String($0.st_mode, radix: 8))"
        }
        let pid = bundle.pid
        for field in ["Uid", "Gid", "Groups", "CapEff", "NSpid", "Seccomp"] {
            // the pid on the host is a different one each time
            let value = Processes.status(pid, field)
            fields["host's \(field)"] = field == "NSpid" ? value.map { "\($0.words.dropFirst())" } : value
        }
        fields["host's cgroup"] = Files.value("/proc/\(pid)/cgroup")?.replacing(bundle.id, with: "ID")
        fields["host's descriptors"] = Files.names("/proc/\(pid)/fd").sorted().joined(separator: " ")
        fields["host's parent"] = Processes.fields(pid)?[1]
    }
}
