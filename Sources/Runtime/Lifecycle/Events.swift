import Base
import Linux
import OCI

/// One line of `events`.
public struct Event: Equatable, Sendable {
    /// The container's id.
    public var id: String
    /// What the container uses; nil if the event says that the OOM killer has killed processes of the container.
    public var statistics: Statistics?
}

extension Event: JSONWritable {
    /// Writes `type`, `id`, and the statistics as `data`.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", statistics == nil ? "oom" : "stats")
            json.member("id", id)
            json.member("data", statistics)
        }
    }
}

/// `events --stats`: returns what a container uses now.
///
/// - Throws: ``Failure``: `container with id ID is not running`.
public func statistics(id: String, in options: RuntimeOptions) throws(Failure) -> Event {
    var event = Event(id: id)
    try withLiveCgroup(of: id, in: options) { cgroup throws(Failure) in event.statistics = try cgroup.statistics() }
    return event
}

/// `events`: reports what a container uses, once per interval, and whenever the OOM killer has killed processes of it,
/// until it has no process left. Processes killed at about the same time give one event.
///
/// - Parameters:
///   - interval: In nanoseconds.
///   - tell: Gets each event; returns false to stop.
/// - Throws: ``Failure``: `container with id ID is not running`.
public func events(
    id: String, every interval: Int64, in options: RuntimeOptions, tell: (Event) -> Bool
) throws(Failure) {
    guard interval > 0 else { throw Failure("duration interval must be greater than 0", code: .usage) }
    // About seventy years: small enough that adding it to the clock cannot overflow.
    let interval = min(interval, Int64.max / 4)
    try withLiveCgroup(of: id, in: options) { cgroup throws(Failure) in
        do throws(Failure) { try follow(cgroup, id, every: interval, tell) } catch
            where error.errno == .ENOENT || error.errno == .ENODEV
        {
            // The cgroup was removed, so the container has ended.
        }
    }
}

private func withLiveCgroup(
    of id: String, in options: RuntimeOptions, _ body: (borrowing Cgroup) throws(Failure) -> Void
) throws(Failure) {
    let container = try Container.find(id, in: options)
    guard try container.isLive() else {
        throw Failure("container with id \(id) is not running", code: .containerNotRunning)
    }
    try container.record.withCgroup(to: "observe", body)
}

private func follow(
    _ cgroup: borrowing Cgroup, _ id: String, every interval: Int64, _ tell: (Event) -> Bool
) throws(Failure) {
    let life = try cgroup.file("cgroup.events", .readOnly)
    // Without the memory controller, the cgroup has no memory limit that the kernel could kill for.
    var memory = Descriptor.none
    do throws(Failure) { memory = try cgroup.file("memory.events", .readOnly) } catch  where error.errno == .ENOENT {}
    var kills = try memory.isOpen ? memory.count("oom_kill") : 0
    var next = Clock.monotonic() + interval
    while true {
        let killsNow = try memory.isOpen ? memory.count("oom_kill") : 0
        if killsNow > kills, !tell(Event(id: id)) { return }
        kills = killsNow
        guard try life.count("populated") == 1 else { return }
        let now = Clock.monotonic()
        if now >= next {
            guard tell(Event(id: id, statistics: try cgroup.statistics())) else { return }
            // Skip the intervals that we missed, for example while the machine slept.
            next = max(next + interval, now)
        }
        // The kernel delays notices a little, and drops them when the cgroup is removed. So we also look once a second.
        let pause = min(next - Clock.monotonic(), 1_000_000_000)
        life.waitForChange(or: memory, within: Int(max(pause, 0) / 1_000_000) + 1)
    }
}

extension Descriptor {
    /// Reads a number from a file such as `memory.events`, and asks the kernel for a notice of its next change.
    fileprivate borrowing func count(_ key: String) throws(Failure) -> UInt64 {
        Cgroup.number(of: key, in: String(decoding: try pread(limit: 4096, key), as: UTF8.self)) ?? 0
    }
}
