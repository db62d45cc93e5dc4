import Glibc
import TestSupport
import Testing

/// An attacker in the container's pid namespace. It stops each new process as soon as it sees it, reads what /proc
/// shows of it, and lets it go on for a moment, again and again.
///
/// It must see nothing of the host: no mounts, root, directory, sockets or descriptors of it, and not what the caller
/// told the runtime in arguments and environment.
@Suite("A racing reader", .inMachine, .serialized)
struct RacingReaderTests {
    /// In Perl, which every Debian has, because a shell is too slow. Its arguments are the name and the folder of the
    /// bundle, which only the host knows, and the name of a container whose cgroup it may see.
    private static let reader = #"""
        my ($id, $folder, $out) = @ARGV;
        my %known = map { $_ => 1 } grep { /^\d+$/ } do { opendir(my $d, '/proc'); readdir $d };
        my (%seen, $looks);
        sub slurp { open(my $f, '<', $_[0]) or return ''; local $/; my $t = <$f>; defined $t ? $t : '' }
        sub found {
            my ($what, $pid, $text) = @_;
            return if $seen{$what}++;
            open(my $f, '>>', "$out/found"); print $f "$what: ", substr($text, 0, 200), "\n";
        }
        sub look {
            my ($pid) = @_; my $p = "/proc/$pid"; my $sockets = 0;
            for my $file ('cmdline', 'environ') {
                my $t = slurp("$p/$file"); $t =~ tr/\0/ /; found($file, $pid, $t) if $t =~ /\Q$id\E/;
            }
            for (split /\n/, slurp("$p/mountinfo")) {
                my @f = split; found('mountinfo', $pid, $_) if $f[3] eq '/' && $f[4] eq '/' && !/ - tmpfs /;
            }
            /(\Q$folder\E|\/run\/)/ && found('net/unix', $pid, $_) for split /\n/, slurp("$p/net/unix");
            found('root', $pid, $folder) if -e "$p/root$folder";
            my $cwd = readlink("$p/cwd"); found('cwd', $pid, $cwd) if defined $cwd && $cwd =~ /\Q$id\E/;
            opendir(my $fds, "$p/fd") or return;
            for my $fd (grep { /^\d+$/ && $_ > 2 } readdir $fds) {
                my $to = readlink("$p/fd/$fd"); next unless defined $to;
                $sockets++ if $to =~ /^socket:/;
                found('descriptor', $pid, "$fd -> $to") if $to =~ /\Q$id\E|^pipe:|exec.fifo/;
                found('descriptor', $pid, "$fd is of the host's cgroups") if -e "$p/fd/$fd/cgroup.procs";
                found('descriptor', $pid, "$fd is the host's proc") if -e "$p/fd/$fd/kallsyms" && slurp("$p/fd/$fd/1/environ");
                found('descriptor', $pid, "$fd leads to the host") if -e "$p/fd/$fd/$folder";
            }
            found('sockets', $pid, $sockets) if $sockets > 3;
        }
        $SIG{TERM} = sub { open(my $f, '>', "$out/looks"); print $f $looks || 0; close $f; exit 0 };
        open(my $ready, '>', "$out/ready"); close $ready;
        while (1) {
            opendir(my $d, '/proc'); my @new = grep { /^\d+$/ && !$known{$_} } readdir $d; closedir $d;
            for my $pid (@new) {
                kill('STOP', $pid) or next;
                $looks++;
                look($pid);
                kill('CONT', $pid);
            }
        }
        """#

    /// Runs a container whose program is the reader, and `during` at the same time.
    ///
    /// - Parameter capabilities: The reader's.
    /// - Returns: What it found.
    private func found(
        _ capabilities: [String], _ edit: (inout JSON) -> Void = { _ in }, during: (Bundle) throws -> Void
    ) throws -> String {
        var found = ""
        try Bundle.with({ config in
            config.bindPrograms()
            for set in ["bounding", "effective", "permitted"] {
                config["process"]["capabilities"][set] = .words(capabilities)
            }
            edit(&config)
        }) { bundle in
            try bundle.edit { $0.args = ["/usr/bin/perl", "/reader", bundle.id, bundle.folder, "/out"] }
            try bundle.linkLibraries()
            try Files.write(bundle.rootfs + "/reader", Self.reader)
            let out = bundle.rootfs + "/out"
            try Files.makeFolder(out, mode: 0o777)
            try bundle.launch()
            #expect(eventually { Files.exists(out + "/ready") }, "the reader does not begin")
            try during(bundle)
            #expect(try bundle.kill("TERM").exit == 0)
            #expect(eventually { Processes.isGone(bundle.pid) })
            #expect((Files.value(out + "/looks").flatMap { Int($0) } ?? 0) > 0, "it never saw anybody")
            found = (try? Files.text(out + "/found")) ?? ""
        }
        return found
    }

    /// A secret in the environment of the runtime's caller.
    private func surroundings(_ bundle: Bundle) -> Program.Surroundings {
        Program.Surroundings(environment: [Program.path, "SECRET=\(bundle.id)"])
    }

    private static let readers = [[], ["CAP_SYS_PTRACE", "CAP_KILL"]]

    @Test(
        "exec: a process in the pid namespace sees nothing of the host or the caller", .unless("caller-seen"),
        arguments: readers)
    func exec(capabilities: [String]) throws {
        let found = try found(capabilities) { bundle in
            for turn in 0..<(Host.isLong ? 500 : 50) {
                let outcome = try bundle.call(
                    ["exec", "--env", "TURN=\(turn)", bundle.id, "/bin/true"], surroundings(bundle))
                #expect(outcome.exit == 0, "\(outcome.said)")
            }
        }
        #expect(found == "")
    }

    @Test("exec with a terminal: it never sees the caller's own terminal", .unless("caller-seen"))
    func terminal() throws {
        let found = try found(["CAP_SYS_PTRACE", "CAP_KILL"]) { bundle in
            let terminal = try TestTerminal()
            var surroundings = surroundings(bundle)
            surroundings.input = .descriptor(terminal.peer)
            for _ in 0..<10 {
                #expect(try bundle.call(["exec", "--tty", bundle.id, "/bin/true"], surroundings).exit == 0)
            }
        }
        #expect(found == "")
    }

    @Test(
        "create into an existing pid namespace: the same", .unless("shared-pid-create"), arguments: readers)
    func create(capabilities: [String]) throws {
        let found = try found(capabilities) { pod in
            for _ in 0..<(Host.isLong ? 100 : 15) {
                try Bundle.with({ config in
                    config.args = ["/bin/sleep", "1000"]
                    config.join("pid", at: "/proc/\(pod.pid)/ns/pid")
                }) { bundle in
                    // The reader gets the pod's name, to know what to look for.
                    let link = "\(pod.folder)/\(bundle.id)"
                    symlink(bundle.folder, link)
                    let words = ["create", "--bundle", link, "--pid-file", bundle.pidFile, bundle.id]
                    expectSuccess(try bundle.call(words, surroundings(pod)))
                    expectSuccess(try bundle.start())
                    #expect(try bundle.delete(force: true).exit == 0)
                    unlink(link)
                }
            }
        }
        #expect(found == "")
    }
}
