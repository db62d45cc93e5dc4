import Base
import Linux

/// A program that calls runtimes.
enum Engine: CaseIterable {
    case docker, containerd, podman, crio

    var name: String {
        switch self {
        case .docker: "Docker"
        case .containerd: "containerd"
        case .podman: "Podman"
        case .crio: "CRI-O"
        }
    }

    /// Its program, which is in `PATH` if it is installed.
    var program: String {
        switch self {
        case .docker: "dockerd"
        case .containerd: "containerd"
        case .podman: "podman"
        case .crio: "crio"
        }
    }

    /// Its files of settings, later ones count more; `*` stands for every file there.
    func files(home: String?) -> [String] {
        switch self {
        case .docker: ["/etc/docker/daemon.json"]
        case .containerd: ["/etc/containerd/config.toml"]
        case .podman:
            [
                "/usr/share/containers/containers.conf", "/etc/containers/containers.conf",
                "/etc/containers/containers.conf.d/*",
            ]
                + (home.map { ["\($0)/.config/containers/containers.conf"] } ?? [])
        case .crio: ["/etc/crio/crio.conf", "/etc/crio/crio.conf.d/*"]
        }
    }

    /// What sets it to apus.
    func remedy(program: String) -> String {
        switch self {
        case .docker: "\"runtimes\": {\"apus\": {\"path\": \"\(program)\"}} in /etc/docker/daemon.json"
        case .containerd: "BinaryName = \"\(program)\" in the options of a runtime in /etc/containerd/config.toml"
        case .podman: "[engine.runtimes] apus = [\"\(program)\"] in /etc/containers/containers.conf"
        case .crio: "[crio.runtime.runtimes.apus] runtime_path = \"\(program)\" in /etc/crio/crio.conf.d/apus.conf"
        }
    }

    /// The driver that it uses if its settings do not say.
    func usualDriver(withSystemd: Bool) -> String {
        switch self {
        case .docker, .podman: withSystemd ? "systemd" : "cgroupfs"
        case .containerd: "cgroupfs"
        case .crio: "systemd"
        }
    }
}

/// Whether an engine is here, and whether it calls apus.
struct EngineAnswer: Equatable {
    var engine: Engine
    var isHere = false
    /// The file of settings that counts most; nil if there is none.
    var file: String?
    var settings = EngineSettings()
    /// Why the settings could not be read; nil if they could, or if there are none.
    var trouble: String?

    static func probe(_ engine: Engine, searchPath: String, home: String?) -> EngineAnswer {
        var answer = EngineAnswer(engine: engine)
        answer.isHere =
            (try? ProgramSearch.find(engine.program, path: searchPath, probe: ProgramSearch.look)) != nil
        var lines = SettingLines()
        for path in engine.files(home: home).flatMap(expanded) {
            guard let text = HostFile.text(path) else { continue }
            answer.file = path
            guard engine == .docker else {
                lines.add(text)
                continue
            }
            do throws(Failure) { answer.settings = try EngineSettings(docker: text) } catch {
                answer.trouble = error.line
            }
        }
        switch engine {
        case .docker: break
        case .containerd: answer.settings = EngineSettings(containerd: lines)
        case .podman: answer.settings = EngineSettings(podman: lines)
        case .crio: answer.settings = EngineSettings(crio: lines)
        }
        return answer
    }

    /// `FOLDER/*` is every file `*.conf` in it.
    private static func expanded(_ path: String) -> [String] {
        guard path.utf8.last == UInt8(ascii: "*") else { return [path] }
        let folder = String(Substring(path.utf8.dropLast(2)))
        guard let names = try? open(folder, [.readOnly, .directory]).names() else { return [] }
        return names.filter { $0.hasSuffix(".conf") }.sorted().map { "\(folder)/\($0)" }
    }

    /// The line about it.
    ///
    /// - Parameter host: What decides whether its settings fit.
    func finding(on host: EngineHost) -> Finding {
        let purpose = "containers of \(engine.name)"
        guard isHere else {
            return Finding(engine.name, .lacks, "\(engine.program) is not in PATH", for: purpose)
        }
        if let trouble, let file {
            return Finding(
                engine.name, .limited, "\(file): \(trouble)", for: purpose, remedy: "correct this file")
        }
        let driver = settings.driver ?? engine.usualDriver(withSystemd: host.hasSystemd)
        let fits = driver == "cgroupfs" || (driver == "systemd" && host.canUseSystemd)
        var found = [callsApus(host), "its cgroup driver is \(driver)\(fits ? "" : ", which cannot work here")"]
        if engine != .docker, let file { found.append("by single lines of \(file)") }
        let isSet = calls(host)
        var remedies: [String] = []
        if !isSet { remedies.append(engine.remedy(program: host.program)) }
        if !fits { remedies.append("set its cgroup driver to cgroupfs") }
        return Finding(
            engine.name, isSet && fits ? .has : .limited, found.joined(separator: "; "), for: purpose,
            remedy: remedies.joined(separator: ", and "))
    }

    /// Whether it calls apus, by a name in its settings or as `runc`.
    private func calls(_ host: EngineHost) -> Bool {
        host.isRunc || settings.runtimes.contains { host.isApus($0.path) }
    }

    private func callsApus(_ host: EngineHost) -> String {
        if let entry = settings.runtimes.first(where: { host.isApus($0.path) }) {
            return settings.standard == entry.name
                ? "its default runtime is apus, as \(entry.name)" : "it knows apus as \(entry.name)"
        }
        return host.isRunc ? "its runc is apus" : "it does not know apus"
    }
}

/// What decides whether an engine's settings fit this host.
struct EngineHost: Equatable {
    /// The path of our own program.
    var program: String
    /// Whether the `runc` in `PATH` is our program.
    var isRunc: Bool
    /// Whether systemd is process 1.
    var hasSystemd: Bool
    /// Whether apus can have systemd make cgroups here.
    var canUseSystemd: Bool

    /// Whether a path in an engine's settings is apus.
    func isApus(_ path: String?) -> Bool {
        guard let path else { return false }
        return path == program || path == "apus" || path.hasSuffix("/apus")
    }
}
