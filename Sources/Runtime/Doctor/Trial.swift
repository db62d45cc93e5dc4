import Base
import CShim
import Linux
import OCI

/// What a failure of `run` says if doctor would explain it.
public let doctorWord = "'apus doctor' says what this host lacks"

/// The proof: a plain container, made by `apus run` from the config.json that `apus spec` writes.
///
/// Our own program is started for it, because `run` may change or restart its process. Its root filesystem is an empty
/// folder, into which our program is bound: it is one static file, and with `--version` it does nothing but end.
enum Trial {
    /// How long the container may take, in nanoseconds.
    private static let patience: Int64 = 30_000_000_000

    /// Runs the container, and removes everything again.
    ///
    /// - Parameters:
    ///   - program: The path of our own program.
    ///   - options: The options of the caller, who may ask for systemd's cgroups, for example. The state is kept
    ///     elsewhere, so that nobody sees the container.
    static func run(program: String, isPrivileged: Bool, _ options: RuntimeOptions) -> Answer {
        do throws(Failure) {
            let folder = try TrialFolder.make()
            let id = "apus-doctor-\(ThisProcess.pid)"
            try folder.write(config(program, isPrivileged: isPrivileged))
            var words = ["apus", "--root", "\(folder.path)/state", "--log", "/dev/null"]
            if options.systemdCgroup { words.append("--systemd-cgroup") }
            if options.makesNoCgroup { words += ["--cgroup-manager", "disabled"] }
            if let isRootless = options.rootless { words.append("--rootless=\(isRootless)") }
            let run = Spawn(
                path: program, arguments: words + ["run", "--bundle", folder.path, id], timeout: patience)
            let outcome = try run.run()
            if outcome.end == .exited(0) { return .works }
            _ = try? Spawn(path: program, arguments: words + ["delete", "--force", id], timeout: patience).run()
            return .fails(failure(outcome))
        } catch { return .fails(error) }
    }

    /// Reads the one line in which `run` said what was wrong.
    private static func failure(_ outcome: Spawn.Outcome) -> Failure {
        guard !outcome.ranOutOfTime else { return Failure("apus run did not end in time", code: .timedOut) }
        let lines = outcome.errors.utf8.split(separator: UInt8(ascii: "\n"))
        guard let line = lines.last else {
            return Failure("apus run ended with status \(outcome.end?.shellStatus ?? -1)")
        }
        return said(String(Substring(line)))
    }

    /// Takes the hint off a line, and from it the word about doctor, which the reader has called already.
    static func said(_ line: String) -> Failure {
        let mark = Array("; hint: ".utf8), bytes = Array(line.utf8)
        guard bytes.count > mark.count,
            let place = (0...(bytes.count - mark.count)).first(where: { bytes[$0...].starts(with: mark) })
        else { return Failure(line) }
        var hint = String(decoding: bytes[(place + mark.count)...], as: UTF8.self)
        if hint.hasSuffix(doctorWord) { hint = String(Substring(hint.utf8.dropLast(doctorWord.utf8.count))) }
        if hint.hasSuffix("; ") { hint.removeLast(2) }
        return Failure(
            String(decoding: bytes[..<place], as: UTF8.self), hint: hint.isEmpty ? nil : hint)
    }

    private static func config(_ program: String, isPrivileged: Bool) -> Config {
        var config = Config.example()
        if !isPrivileged { config = config.rootless(uid: shim_geteuid(), gid: shim_getegid()) }
        config.root?.readonly = false
        config.process?.terminal = false
        config.process?.args = ["/apus", "--version"]
        config.mounts?.append(
            Mount {
                $0.destination = "/apus"
                $0.type = "bind"
                $0.source = program
                $0.options = ["bind", "ro"]
            })
        return config
    }
}

/// A folder for the trial's bundle, which is removed when the value goes away.
struct TrialFolder: ~Copyable {
    let path: String

    /// Makes it where the caller can write, and where another user cannot.
    static func make() throws(Failure) -> TrialFolder {
        var failure = Failure("no directory for a bundle")
        for parent in ["/run", "/var/tmp", "/tmp", "."] {
            do throws(Failure) {
                let directory = try open(parent, [.path, .directory])
                let name = ".apus-doctor-\(ThisProcess.pid)"
                try directory.mkdirat(name, mode: 0o700)
                let folder = TrialFolder(path: "\(try parent == "." ? ThisProcess.getcwd() : parent)/\(name)")
                try open(folder.path, [.path, .directory]).mkdirat("rootfs", mode: 0o755)
                return folder
            } catch { failure = error }
        }
        throw failure
    }

    private init(path: String) { self.path = path }

    borrowing func write(_ config: Config) throws(Failure) {
        try open(path, [.path, .directory]).writeFileByRename("config.json", with: config.json(.compact), mode: 0o600)
    }

    deinit { Self.remove(path) }

    /// Removes a folder with all that is in it. The container is gone, and nobody else can write there.
    private static func remove(_ path: String) {
        guard let folder = try? open(path, [.readOnly, .directory, .noFollow]) else { return }
        for entry in (try? folder.names()) ?? [] where shim_unlinkat(folder.number, entry, 0) < 0 {
            remove("\(path)/\(entry)")
        }
        _ = shim_unlinkat(AT_FDCWD, path, AT_REMOVEDIR)
    }
}
