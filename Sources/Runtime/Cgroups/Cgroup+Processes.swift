import Base
import CShim
import Linux

extension Cgroup {
    /// Lists the pids in the cgroup and below it, as numbered by our own pid namespace. Processes that this namespace
    /// cannot see are left out. For a threaded cgroup the list has thread ids.
    borrowing func processes() throws(Failure) -> [Int32] {
        var pids: [Int32] = []
        try DirectoryTree.visit(directory, until: Clock.deadline(milliseconds: Self.patienceMilliseconds)) {
            level throws(Failure) in
            do throws(Failure) {
                pids += try Self.numbers(in: "cgroup.procs", of: level)
            } catch  where error.errno == .EOPNOTSUPP {
                pids += try Self.numbers(in: "cgroup.threads", of: level)
            } catch  where error.errno == .ENODEV || error.errno == .ENOENT {
                // The cgroup was removed while we looked: then opening one of its files gives ENOENT, and reading an
                // open one ENODEV.
            }
        }
        return pids
    }

    /// Moves a process into the cgroup, if it could not be born there.
    ///
    /// - Throws: ``Failure``: EBUSY if the cgroup has children with controllers, ESRCH if there is no such process.
    borrowing func add(process pid: Int32) throws(Failure) {
        // The kernel answers EINVAL for a process whose clone has not quite finished.
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

    /// Kills every process in the cgroup and below it, including frozen processes and those forked meanwhile
    /// (`cgroup.kill`).
    ///
    /// It does not wait until they have ended. A cgroup that is gone has no processes. A cgroup without processes is
    /// left alone: the kernel remembers each kill of a cgroup, and some kernel versions then kill every process that is
    /// born into it (``CloneInit/clone(_:)``).
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

    /// Whether the cgroup, or one below it, has a process.
    borrowing func isPopulated() throws(Failure) -> Bool {
        Self.number(of: "populated", in: try read("cgroup.events")) != 0
    }

    /// Sends a signal to every process in the cgroup and below it.
    ///
    /// A pid may have been reused by another process before we held it by its pidfd. So it is looked up again after
    /// that.
    borrowing func send(signal number: CInt) throws(Failure) {
        for pid in try processes() {
            do throws(Failure) {
                let pidfd = try PidDescriptor(pid: pid)
                if try processes().contains(pid) { try pidfd.send(signal: number) }
            } catch  where error.errno == .ESRCH {}
        }
    }

    /// Kills the processes one by one: a threaded cgroup has no `cgroup.kill`. It takes a few rounds, since processes
    /// may fork meanwhile.
    private borrowing func killEach() throws(Failure) {
        for _ in 0..<10 {
            let pids = try processes()
            guard !pids.isEmpty else { return }
            for pid in pids { try? PidDescriptor(pid: pid).send(signal: SIGKILL) }
            Clock.sleep(milliseconds: 10)
        }
    }

    /// The number of processes that the kernel killed in the cgroup and below it because memory ran out (`oom_kill` in
    /// `memory.events`); 0 if the memory controller is not enabled.
    borrowing func memoryKills() -> UInt64 {
        guard let events = try? read("memory.events") else { return 0 }
        return Self.number(of: "oom_kill", in: events) ?? 0
    }

    private static func numbers(in name: String, of level: borrowing Descriptor) throws(Failure) -> [Int32] {
        let file = try file(name, of: level, .readOnly)
        // The kernel's limit is 4 million pids (proc_sys_kernel(5), pid_max).
        let bytes = try file.readAll(limit: 64 << 20, name)
        var numbers: [Int32] = []
        var number: Int32 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                // 0 stands for a process that our pid namespace cannot see. As a pid, 0 would mean our own process
                // group (kill(2)).
                if number > 0 { numbers.append(number) }
                number = 0
            } else {
                number = number &* 10 &+ Int32(byte &- UInt8(ascii: "0"))
            }
        }
        return numbers
    }
}

extension Cgroup {
    /// Whether the processes of a cgroup are stopped by its own freezer or by that of a parent.
    ///
    /// - Parameter path: The path below the mount: `/parent/name`. If the cgroup is gone, or the path cannot be that of
    ///   a cgroup, the answer is false.
    /// - Throws: ``Failure`` if the kernel could not say.
    static func isFrozen(at path: String) throws(Failure) -> Bool {
        guard let path = try? CgroupPath(recorded: path) else { return false }
        do throws(Failure) {
            let file = try Linux.open("\(path.onHost)/cgroup.events", .readOnly)
            let events = try file.pread(limit: 4096, "cgroup.events")
            return number(of: "frozen", in: String(decoding: events, as: UTF8.self)) == 1
        } catch {
            guard error.saysNoCgroup else { throw error }
            return false
        }
    }

    /// Switches the cgroup's own freezer off if it is on. It may be on although nothing is frozen: after the last
    /// frozen process was killed, no process is, but the next one in the cgroup would stop.
    borrowing func switchFreezerOff() throws(Failure) {
        if Self.words(try read("cgroup.freeze")) == ["1"] { try write("0", to: "cgroup.freeze") }
    }

    /// Freezes every process in the cgroup and below it, and waits until all have stopped.
    ///
    /// - Parameter milliseconds: The longest wait. After that the freezer is switched off again.
    borrowing func freeze(within milliseconds: Int = 10_000) throws(Failure) {
        do throws(Failure) {
            try write("1", to: "cgroup.freeze")
            try wait("frozen", toBe: 1, within: milliseconds)
        } catch {
            try? write("0", to: "cgroup.freeze")
            throw error.during("freeze cgroup \(path.text)")
        }
    }

    /// Thaws the processes, and waits until they run again.
    ///
    /// - Parameter milliseconds: The longest wait.
    /// - Throws: ``Failure``, also if a parent is frozen.
    borrowing func thaw(within milliseconds: Int = 10_000) throws(Failure) {
        do throws(Failure) {
            try write("0", to: "cgroup.freeze")
            try wait("frozen", toBe: 0, within: milliseconds)
        } catch { throw error.during("thaw cgroup \(path.text)") }
    }

    /// Waits until a key of cgroup.events has a value. The kernel reports each change of that file through poll(2).
    ///
    /// - Throws: ``Failure``: ETIMEDOUT; ENOENT or ENODEV if the cgroup is gone.
    borrowing func wait(_ key: String, toBe value: UInt64, within milliseconds: Int) throws(Failure) {
        let deadline = Clock.deadline(milliseconds: milliseconds)
        let events = try file("cgroup.events", .readOnly)
        while true {
            let text = String(decoding: try events.pread(limit: 4096, "cgroup.events"), as: UTF8.self)
            if Self.number(of: key, in: text) == value { return }
            let left = (deadline - Clock.monotonic()) / 1_000_000
            guard left > 0 else { throw Failure("wait for \(key) \(value)", "poll", .ETIMEDOUT) }
            events.waitForChange(within: Int(left))
        }
    }
}
