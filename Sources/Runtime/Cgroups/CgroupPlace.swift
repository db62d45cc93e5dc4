import Base
import OCI

/// Where the container's cgroup is, and who makes it.
struct CgroupPlace {
    let path: CgroupPath
    let manager: CgroupManager

    /// Works out the place. After a refusal that is only noted, it is any place.
    ///
    /// - Parameter buses: Where systemd may be reached; nil if it is not to make the cgroup.
    static func of(
        _ config: Config, _ id: ContainerID, buses: BusEnvironment?, on host: HostFacts, _ refuse: Refuse
    ) throws(Failure) -> CgroupPlace {
        do throws(Failure) {
            return try asked(config, id.text, buses, host, refuse)
        } catch {
            try refuse(error)
            return CgroupPlace(path: try CgroupPath(nil, id: id.text, own: "/"), manager: .none)
        }
    }

    /// - Throws: ``Failure`` if `linux.cgroupsPath` names no cgroup or no unit that could be the container's.
    private static func asked(
        _ config: Config, _ id: String, _ buses: BusEnvironment?, _ host: HostFacts, _ refuse: Refuse
    ) throws(Failure) -> CgroupPlace {
        let wish = config.linux?.cgroupsPath
        guard let buses, let facts = host.systemd else {
            return CgroupPlace(path: try CgroupPath(wish, id: id, own: host.ownCgroup), manager: .none)
        }
        let unit = try SystemdUnit(wish, id: id, isUser: facts.isUser)
        let chosen = try UnitAnnotations.properties(config.annotations, refuse)
        return CgroupPlace(
            path: CgroupPath(of: unit, below: facts.cgroup),
            manager: .systemd(unit, facts, buses, chosen))
    }
}

/// Who makes the container's cgroup.
enum CgroupManager {
    /// We.
    case none
    /// systemd, as that of a unit with some properties of the caller's choice.
    case systemd(SystemdUnit, SystemdFacts, BusEnvironment, [UnitProperty])
}
