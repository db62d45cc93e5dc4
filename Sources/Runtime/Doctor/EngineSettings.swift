import Base
import OCI

/// What the settings of an engine say about its runtime.
struct EngineSettings: Equatable {
    /// A runtime that the settings name.
    struct Entry: Equatable {
        var name: String
        /// The program; nil if only its name is known.
        var path: String?
    }

    var runtimes: [Entry] = []
    /// The name of the runtime that is used if nobody asks for another.
    var standard: String?
    /// `cgroupfs` or `systemd`; nil if the settings leave it to the engine.
    var driver: String?

    /// Reads Docker's daemon.json.
    ///
    /// - Throws: ``Failure`` if it is not the JSON that dockerd reads.
    init(docker text: String) throws(Failure) {
        var settings = EngineSettings()
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            var json = JSONReader(UnsafeRawBufferPointer(buffer))
            try json.object { json, key throws(Failure) in
                switch key {
                case "runtimes": settings.runtimes = try Self.runtimes(&json)
                case "default-runtime": settings.standard = try json.string()
                case "exec-opts":
                    for option in try [String](&json) {
                        guard option.utf8.starts(with: Self.dockerDriver.utf8) else { continue }
                        settings.driver = String(Substring(option.utf8.dropFirst(Self.dockerDriver.utf8.count)))
                    }
                default: try json.skip()
                }
            }
            try json.end()
        }
        self = settings
    }

    private static let dockerDriver = "native.cgroupdriver="

    private static func runtimes(_ json: inout JSONReader) throws(Failure) -> [Entry] {
        var paths: [String?] = []
        let names = try json.entries { json throws(Failure) in
            var path: String?
            try json.object { json, key throws(Failure) in
                switch key {
                case "path": path = try json.string()
                default: try json.skip()
                }
            }
            paths.append(path)
            return true
        }
        var entries: [Entry] = []
        for (index, name) in names.enumerated() { entries.append(Entry(name: name.key, path: paths[index])) }
        return entries
    }

    /// containerd's config.toml: `BinaryName` and `SystemdCgroup` in the options of a runtime.
    init(containerd lines: SettingLines) {
        self.init()
        for line in lines.lines where line.key == "BinaryName" {
            runtimes.append(Entry(name: line.value, path: line.value))
        }
        standard = lines["default_runtime_name"]
        // A runtime's table is ...runtimes.NAME.options.
        let tables = lines.lines.filter { $0.key == "BinaryName" }.map { $0.table }
        for line in lines.lines where line.key == "SystemdCgroup" && (tables.isEmpty || tables.contains(line.table)) {
            driver = line.value == "true" ? "systemd" : "cgroupfs"
        }
        driver = driver ?? "cgroupfs"
    }

    /// Podman's containers.conf: `runtime`, `cgroup_manager`, and the lists of `[engine.runtimes]`.
    init(podman lines: SettingLines) {
        self.init()
        for line in lines.lines where line.table == "engine.runtimes" {
            runtimes.append(Entry(name: line.key, path: line.value))
        }
        standard = lines.lines.last { $0.table == "engine" && $0.key == "runtime" }?.value
        driver = lines["cgroup_manager"]
    }

    /// CRI-O's crio.conf: `default_runtime`, `cgroup_manager`, and `runtime_path` in `[crio.runtime.runtimes.NAME]`.
    init(crio lines: SettingLines) {
        self.init()
        let table = "crio.runtime.runtimes."
        for line in lines.lines where line.key == "runtime_path" && line.table.utf8.starts(with: table.utf8) {
            runtimes.append(
                Entry(name: String(Substring(line.table.utf8.dropFirst(table.utf8.count))), path: line.value))
        }
        standard = lines["default_runtime"]
        driver = lines["cgroup_manager"]
    }

    /// No settings.
    init() {}
}
