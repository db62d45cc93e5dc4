import OCI

extension IDMaps {
    /// Takes the maps of config.json and decides how each is written.
    init(_ linux: LinuxConfig, on host: HostFacts) {
        uids = linux.uidMappings ?? []
        gids = linux.gidMappings ?? []
        guard !host.isPrivileged else { return }
        if !host.mapsUsers { wayOfUIDs = Self.way(uids, own: host.user) }
        if !host.mapsGroups { wayOfGIDs = Self.way(gids, own: host.group) }
    }

    private static func way(_ map: [IDMapping], own: UInt32) -> Way {
        map.count == 1 && map[0].size == 1 && map[0].hostID == own ? .own : .helper
    }
}
