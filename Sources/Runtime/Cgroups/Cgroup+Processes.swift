import Base
import CShim
import Linux

extension Cgroup {
    /// The pids in the cgroup and all below it, as our own pid namespace numbers them. Those it cannot see are left out,
    /// and of a threaded cgroup the threads are given.
    borrowing func processes() throws(Failure) -> [Int32] {
        var pids: [Int32] = []
        try DirectoryTree.visit(directory, until: Clock.monotonic() + Self.patience) { level throws(Failure) in
            do throws(Failure) {
                pids += try Self.numbers(in: "cgroup.procs", of: level)
            } catch  where error.errno == .EOPNOTSUPP {
                pids += try Self.numbers(in: "cgroup.threads", of: level)
            } catch  where error.errno == .ENODEV || error.errno == .ENOENT {
                // It was removed while we looked: opening a file of it is ENOENT then, reading one ENODEV.
            }
        }
        return pids
    }

    /// Puts a process into the cgroup, where it could not be born there.
    ///
    /// - Throws: ``Failure``: EBUSY where the cgroup has children with controllers, ESRCH where there is no such process.
    borrowing func add(process pid: Int32) throws(Failure) {
        // A process whose clone is not quite over is refused with EINVAL.
        var attempts = 5
        while true {
            do throws(Failure) {
                return try write("\(pid)", to: "cgroup.procs")
            } catch {
                attempts -= 1
                guard error.errno == .EINVAL, attempts > 0 else {
                    throw Failure("put process \(pid) into cgroup \(path.text)", cause: error.cause)
                }
            }
            Clock.sleep(milliseconds: 30)
        }
    }

    /// Kills every process in the cgroup and below it, frozen ones too and those that fork meanwhile (`cgroup.kill`).
    ///
    /// It does not wait for their end. A cgroup that is gone has no processes. One without processes is left alone: the kernel
    /// remembers each kill of a cgroup, and some versions then end every process that is born into it
    /// (``CloneInit/clone(_:)``).
    borrowing func kill() throws(Failure) {
        do throws(Failure) {
            guard try isPopulated() else { return }
            try write("1", to: "cgroup.kill")
        } catch  where error.errno == .ENOENT || error.errno == .ENODEV {
            return
        } catch  where error.errno == .EOPNOTSUPP {
            try killEach()
        } catch {
            throw Failure("kill the processes of cgroup \(path.text)", cause: error.cause)
        }
    }

    /// Whether there is a process in the cgroup or below it.
    borrowing func isPopulated() throws(Failure) -> Bool {
        Self.number(of: "populated", in: try read("cgroup.events")) != 0
    }

    /// Sends a signal to every process in the cgroup and below it.
    ///
    /// The number is looked up once more after the process is held: it could be another one's by then.
    borrowing func send(signal number: CInt) throws(Failure) {
        for pid in try processes() {
            do throws(Failure) {
                let pidfd = try PidDescriptor(pid: pid)
                if try processes().contains(pid) { try pidfd.send(signal: number) }
            } catch  where error.errno == .ESRCH {}
        }
    }

    /// A threaded cgroup knows no `cgroup.kill`: a few rounds, since processes may fork meanwhile.
    private borrowing func killEach() throws(Failure) {
        for _ in 0..<10 {
            let pids = try processes()
            guard !pids.isEmpty else { return }
            for pid in pids { try? PidDescriptor(pid: pid).send(signal: SIGKILL) }
            Clock.sleep(milliseconds: 10)
        }
    }

    /// How many processes the kernel killed in the cgroup and below it since memory was out (`memory.events`); 0 where
    /// the memory controller is not enabled.
    borrowing func memoryKills() -> UInt64 {
        guard let events = try? read("memory.events") else { return 0 }
        return Self.number(of: "oom_kill", in: events) ?? 0
    }

    private static func numbers(in name: String, of level: borrowing Descriptor) throws(Failure) -> [Int32] {
        let file = try file(name, of: level, .readOnly)
        // 4 million pids are the kernel's limit.
        let bytes = try file.readAll(limit: 64 << 20, name)
        var numbers: [Int32] = []
        var number: Int32 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                // 0 stands for a process that our pid namespace cannot see; as a pid it would mean our own group.
                if number > 0 { numbers.append(number) }
                number = 0
            } else {
                number = number &* 10 &+ Int32(byte &- UInt8(ascii: "0"))
            }
        }
        return numbers
    }
}
