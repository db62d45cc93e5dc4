import Base
import CShim
import Linux
import OCI

/// The proof: a plain container, made as `apus run` makes one of the config.json that `apus spec` writes.
///
/// Its root filesystem is an empty folder, into which our own program is bound: it is one static file, and with
/// `--version` it does nothing but end.
enum Trial {
    /// How long the container may take, in milliseconds.
    private static let patience = 30_000

    /// Runs the container in a child process and removes everything again.
    ///
    /// - Parameters:
    ///   - program: The path of our own program.
    ///   - options: The options of the caller, who may ask for systemd's cgroups, for example. The state is kept
    ///     elsewhere, so that nobody sees the container.
    static func run(program: String, isPrivileged: Bool, _ options: RuntimeOptions) -> Answer {
        do throws(Failure) {
            let folder = try TrialFolder.make()
            let id = "apus-doctor-\(ThisProcess.pid)"
            var quiet = RuntimeOptions(
                root: "\(folder.path)/state", systemdCgroup: options.systemdCgroup, rootless: options.rootless,
                debug: false)
            quiet.makesNoCgroup = options.makesNoCgroup
            var said: String
            do throws(Failure) {
                try folder.write(config(program, isPrivileged: isPrivileged))
                said = try Probe.text(within: patience) { [quiet] () throws(Failure) in
                    try perform(id, bundle: folder.path, quiet)
                }
            } catch { said = Probe.encoded(error) }
            if said != done { try? delete(id: id, force: true, in: quiet) }
            return said == done ? .works : .fails(Probe.decoded(said))
        } catch { return .fails(error) }
    }

    private static let done = "done"

    /// In the child process: its output is not for the caller.
    private static func perform(_ id: String, bundle: String, _ runtime: RuntimeOptions) throws(Failure) -> String {
        let nowhere = try open("/dev/null", .readWrite)
        for number in CInt(0)...2 where number != nowhere.number { _ = shim_dup3(nowhere.number, number) }
        var options = RunOptions()
        options.create.bundle = bundle
        let status = try Runtime.run(id: id, options: options, in: runtime)
        guard status == 0 else { throw Failure("the container ended with status \(status)") }
        return done
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
