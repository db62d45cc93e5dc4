import Base
import OCI

/// `net_cls` and `net_prio`, which cgroup v2 does not have.
enum NetworkController {
    /// - Parameter pointer: Where `network` stands in config.json.
    static func warnings(
        _ network: NetworkResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ResourceWarning] {
        [
            try LegacyProperty.warning(network.classID, at: "\(pointer)/classID", neutral: 0, refuse: refuse),
            try LegacyProperty.warning(network.priorities, at: "\(pointer)/priorities", refuse: refuse) { priorities in
                "\(priorities.count) interfaces"
            } isNeutral: {
                $0.isEmpty
            },
        ].compactMap { $0 }
    }
}
