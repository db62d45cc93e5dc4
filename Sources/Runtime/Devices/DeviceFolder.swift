import Linux

/// The folder that the last device was made in. It stays open for the next one, which is usually made there too.
struct DeviceFolder: ~Copyable {
    let path: String
    let directory: Descriptor

    static var none: DeviceFolder { DeviceFolder(path: "", directory: .none) }
}
