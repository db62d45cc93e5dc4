import Base
import Linux

extension StateFile {
    /// Stops the container's unit, if it has one, and forgets it.
    ///
    /// A scope ends by itself when its last process does; then there is nothing to stop.
    func stopUnit(_ environment: BusEnvironment) throws(Failure) {
        guard let unit else { return }
        var systemd = try Systemd.reach(environment, isUser: unit.isUser)
        try systemd.stop(unit.name)
    }

    /// Has systemd move a process into the unit's cgroup.
    func attach(_ pid: Int32, by environment: BusEnvironment) throws(Failure) {
        guard let unit else { return }
        var systemd = try Systemd.reach(environment, isUser: unit.isUser)
        try systemd.attach(pid, to: unit.name)
    }

    /// Tells systemd of limits that have changed, so that it does not write the old ones again.
    func updateUnit(_ files: [CgroupWrite], _ environment: BusEnvironment) throws(Failure) {
        guard let unit else { return }
        var systemd = try Systemd.reach(environment, isUser: unit.isUser)
        let version = SystemdFacts.number(try systemd.property("Version").text ?? "")
        // systemd takes this property only when the unit starts.
        let properties = UnitLimits(files, version: version).properties.filter { $0.name != "OOMPolicy" }
        guard !properties.isEmpty else { return }
        try systemd.set(unit.name, properties)
    }
}
