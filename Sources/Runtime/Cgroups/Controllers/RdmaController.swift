import Base
import OCI

/// The `rdma` controller: one line a device (kernel: Documentation/admin-guide/cgroup-v2.rst, "RDMA").
enum RdmaController {
    /// - Parameter pointer: Where `rdma` stands in config.json.
    static func files(
        _ devices: Entries<RdmaResources>, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupFile] {
        var files: [CgroupFile] = []
        for device in devices {
            let place = "\(pointer)/\(JSONPointer.token(device.key))"
            guard !device.key.isEmpty, device.key.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
                try refuse(
                    Failure(
                        "an rdma device's name has no spaces and is not empty", pointer: place, code: .malformedValue))
                continue
            }
            var value = device.key
            if let handles = device.value.hcaHandles { value += " hca_handle=\(handles)" }
            if let objects = device.value.hcaObjects { value += " hca_object=\(objects)" }
            guard value != device.key else {
                try refuse(
                    Failure("an rdma limit needs hcaHandles or hcaObjects", pointer: place, code: .missingRequired))
                continue
            }
            files.append(CgroupFile(name: "rdma.max", value: value, pointer: place))
        }
        return files
    }
}
