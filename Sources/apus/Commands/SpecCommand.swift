import Base
import CShim
import Linux
import OCI

/// `apus spec [--bundle DIR] [--rootless]`
struct SpecCommand: Equatable {
    var bundle = "."
    var rootless = false

    /// Writes config.json into the bundle, with mode 0666 minus the bits of the umask.
    ///
    /// - Throws: ``Failure`` if the file exists, which then stays as it is; or of open(2) and write(2).
    func perform() throws(Failure) {
        let directory = try open(bundle, [.path, .directory])
        let file: Descriptor
        do { file = try directory.openat(Self.name, [.writeOnly, .create, .exclusive], mode: 0o666) } catch {
            guard error.errno == .EEXIST else { throw error }
            throw Failure("File \(Self.name) exists. Remove it first")
        }
        do { try file.write(config.json(.tabs) + "\n", Self.name) } catch {
            // Half a file would only make the next attempt fail.
            try? directory.unlinkat(Self.name)
            throw error
        }
    }

    private var config: Config {
        let config = Config.example()
        return rootless ? config.rootless(uid: shim_geteuid(), gid: shim_getegid()) : config
    }

    private static let name = "config.json"
}

extension SpecCommand {
    init(_ reader: OptionReader) {
        bundle = reader.text(.bundle) ?? bundle
        rootless = reader.flag(.rootless)
    }
}

extension SpecCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "write a config.json to begin with",
            options: [
                .bundle,
                Option(.rootless, "", .flag, "", "for a user who is not root: with a user namespace, without limits"),
            ],
            description: """
                Writes config.json into the bundle: a shell in a read-only root filesystem 'rootfs', with the
                usual mounts and few capabilities. A file that exists is not touched.
                """)
    }
}
