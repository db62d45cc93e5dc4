import Base
import OCI

/// The `io` controller: block devices (kernel: Documentation/admin-guide/cgroup-v2.rst, "IO").
///
/// A weight goes to the BFQ scheduler's file, in BFQ's own scale, if that scheduler is loaded; otherwise to
/// `io.weight`. The file for limits, `io.max`, takes one device per write, so each device's limit is a line of its own.
enum IOController {
    /// - Parameter pointer: Where `blockIO` is in config.json.
    static func files(
        _ io: BlockIOResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        if let weight = io.weight, weight != 0 {
            files.append(try file(weight: weight, device: "", at: "\(pointer)/weight", refuse))
        }
        for (index, device) in (io.weightDevice ?? []).enumerated() {
            if device.weight == nil, device.leafWeight == nil {
                try refuse(
                    Failure(
                        "a device's weight needs \"weight\"", pointer: "\(pointer)/weightDevice/\(index)",
                        code: .missingRequired))
            }
            guard let weight = device.weight, weight != 0 else { continue }
            files.append(
                try file(
                    weight: weight, device: "\(device.major):\(device.minor) ",
                    at: "\(pointer)/weightDevice/\(index)/weight", refuse))
        }
        files += limits(io.throttleReadBpsDevice, "rbps", at: "\(pointer)/throttleReadBpsDevice")
        files += limits(io.throttleWriteBpsDevice, "wbps", at: "\(pointer)/throttleWriteBpsDevice")
        files += limits(io.throttleReadIOPSDevice, "riops", at: "\(pointer)/throttleReadIOPSDevice")
        files += limits(io.throttleWriteIOPSDevice, "wiops", at: "\(pointer)/throttleWriteIOPSDevice")
        return files
    }

    /// Warns about leaf weights, which only the CFQ scheduler of Linux before 5.0 had.
    static func warnings(
        _ io: BlockIOResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ResourceWarning] {
        let leaf = "\(pointer)/leafWeight"
        var warnings = [try LegacyProperty.warning(io.leafWeight, at: leaf, neutral: 0, refuse: refuse)]
        for (index, device) in (io.weightDevice ?? []).enumerated() {
            let place = "\(pointer)/weightDevice/\(index)/leafWeight"
            warnings.append(
                try LegacyProperty.warning(device.leafWeight, at: place, neutral: 0, refuse: refuse))
        }
        return warnings.compactMap { $0 }
    }

    /// - Parameter device: A device with a space, `8:0 `, or empty for all devices.
    private static func file(
        weight: UInt16, device: String, at pointer: String, _ refuse: Refuse
    ) throws(Failure) -> CgroupWrite {
        if !(10...1000).contains(weight) {
            try refuse(
                Failure("a block device weight is 10 to 1000, not \(weight)", pointer: pointer, code: .outOfRange))
        }
        // Maps 10...1000 to 1...10000 in a straight line.
        let ioWeight = 1 + (UInt64(max(weight, 10)) - 10) * 9999 / 990
        return CgroupWrite(
            name: "io.bfq.weight", value: "\(device)\(weight)", pointer: pointer,
            refusal: .ifMissingWrite(name: "io.weight", value: "\(device)\(ioWeight)"))
    }

    private static func limits(_ devices: [ThrottleDevice]?, _ key: String, at pointer: String) -> [CgroupWrite] {
        (devices ?? []).enumerated().map { index, device in
            CgroupWrite(
                name: "io.max",
                value: "\(device.major):\(device.minor) \(key)=\(device.rate == 0 ? "max" : "\(device.rate)")",
                pointer: "\(pointer)/\(index)")
        }
    }
}
