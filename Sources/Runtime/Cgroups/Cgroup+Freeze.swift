import Base
import Linux

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
            let events = try file.readAgain(limit: 4096, "cgroup.events")
            return number(of: "frozen", in: String(decoding: events, as: UTF8.self)) == 1
        } catch {
            guard error.saysNoCgroup else { throw error }
            return false
        }
    }

    /// Switches the cgroup's own freezer off if it is on. It may be on although nothing is frozen: after the last
    /// frozen process was killed, no process is, but the next one in the cgroup would stop.
    borrowing func takeFreezerBack() throws(Failure) {
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
        let deadline = Clock.monotonic() + Int64(milliseconds) * 1_000_000
        let events = try file("cgroup.events", .readOnly)
        while true {
            let text = String(decoding: try events.readAgain(limit: 4096, "cgroup.events"), as: UTF8.self)
            if Self.number(of: key, in: text) == value { return }
            let left = (deadline - Clock.monotonic()) / 1_000_000
            guard left > 0 else { throw Failure("wait for \(key) \(value)", "poll", .ETIMEDOUT) }
            events.waitForChange(within: Int(left))
        }
    }
}
