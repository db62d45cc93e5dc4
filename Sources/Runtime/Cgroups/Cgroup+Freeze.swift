import Base
import Linux

extension Cgroup {
    /// Whether the processes of a cgroup stand still: its own freezer, or a parent's, has stopped all of them.
    ///
    /// - Parameter path: Below the mount: `/parent/name`. A cgroup that is gone is not frozen, and neither is what can be none.
    /// - Throws: ``Failure`` where the kernel could not say.
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

    /// Lets go on what was told to stop. Whether it does stand is another question: once the last frozen process has been
    /// killed, none does, and the next would.
    borrowing func takeFreezerBack() throws(Failure) {
        if Self.words(try read("cgroup.freeze")) == ["1"] { try write("0", to: "cgroup.freeze") }
    }

    /// Stops every process in the cgroup and below it, and waits until they stand.
    ///
    /// - Parameter milliseconds: How long at most; then the freezer is taken back.
    borrowing func freeze(within milliseconds: Int = 10_000) throws(Failure) {
        do throws(Failure) {
            try write("1", to: "cgroup.freeze")
            try wait("frozen", toBe: 1, within: milliseconds)
        } catch {
            try? write("0", to: "cgroup.freeze")
            throw error.during("freeze cgroup \(path.text)")
        }
    }

    /// Lets the processes go on, and waits until they do.
    ///
    /// - Parameter milliseconds: How long at most.
    /// - Throws: ``Failure`` also where a parent is frozen.
    borrowing func thaw(within milliseconds: Int = 10_000) throws(Failure) {
        do throws(Failure) {
            try write("0", to: "cgroup.freeze")
            try wait("frozen", toBe: 0, within: milliseconds)
        } catch { throw error.during("thaw cgroup \(path.text)") }
    }

    /// Waits until a line of cgroup.events has a value; the kernel says when the file changes.
    ///
    /// - Throws: ``Failure``: ETIMEDOUT; ENOENT or ENODEV where the cgroup is gone.
    borrowing func wait(_ key: String, toBe value: UInt64, within milliseconds: Int) throws(Failure) {
        let deadline = Clock.monotonic() + Int64(milliseconds) * 1_000_000
        let events = try file("cgroup.events", .readOnly)
        while true {
            let text = String(decoding: try events.readAgain(limit: 4096, "cgroup.events"), as: UTF8.self)
            if Self.number(of: key, in: text) == value { return }
            let left = (deadline - Clock.monotonic()) / 1_000_000
            guard left > 0 else { throw Failure("wait for \(key) \(value)", "poll", .ETIMEDOUT) }
            events.waitForNotice(within: Int(left))
        }
    }
}
