import Base
import Linux
import OCI

/// A bundle: a directory with config.json and usually the rootfs (bundle.md).
struct Bundle {
    /// The absolute path, as the kernel gives it.
    let path: String
    /// The bytes of config.json.
    let bytes: [UInt8]
    let config: Config

    /// The largest config.json, in bytes. Docker's have about 30 KB.
    static let configLimit = 16 << 20

    /// Enters the bundle and reads its config.json. Hooks have the bundle as their current directory.
    ///
    /// - Parameter file: The absolute path of a file to read instead of config.json.
    static func enter(_ path: String, config file: String? = nil) throws(Failure) -> Bundle {
        let (path, bytes) = try enterUnread(path, config: file ?? "config.json")
        let config: Config
        do throws(Failure) { config = try parse(bytes) } catch {
            // A JSON pointer cannot name a place in a broken text, so we name the file.
            throw error.pointer == nil ? error.during(file ?? "config.json") : error
        }
        return Bundle(path: path, bytes: bytes, config: config)
    }

    /// Enters the bundle, without parsing its config.json.
    ///
    /// - Returns: The bundle's absolute path and the bytes of its config.json.
    static func enterUnread(_ path: String, config file: String = "config.json") throws(Failure) -> (
        path: String, bytes: [UInt8]
    ) {
        do throws(Failure) { try chdir(path) } catch {
            throw Failure("open the bundle \(path)", cause: error.cause)
        }
        let bytes = try read(file)
        return (try ThisProcess.getcwd(), bytes)
    }

    /// Reads config.json. Opening it must not block, whatever kind of file somebody put there, such as a FIFO.
    static func read(_ name: String) throws(Failure) -> [UInt8] {
        let file: Descriptor
        do throws(Failure) { file = try open(name, [.readOnly, .nonBlocking, .noControllingTerminal]) } catch {
            guard error.errno == .ENOENT else { throw Failure("open \(name)", cause: error.cause) }
            throw Failure(
                "JSON specification file \(name) not found", cause: error.cause,
                hint:
                    "the bundle is chosen by --bundle, else it is the current directory; `apus spec` writes a config.json"
            )
        }
        let kind = try file.status().kind
        guard kind == .regular else { throw Failure("\(name) is \(kind?.words ?? "no file"), not a regular file") }
        return try file.readAll(limit: configLimit, name)
    }

    static func parse(_ bytes: [UInt8]) throws(Failure) -> Config {
        try Config(json: bytes)
    }

    /// The absolute path of the rootfs. A relative `root.path` starts at the bundle.
    func rootfs() throws(Failure) -> String {
        guard let root = config.root, !root.path.isEmpty else {
            throw Failure(
                "config.json has no root.path", pointer: config.root == nil ? "/root" : "/root/path",
                code: config.root == nil ? .missingRequired : .emptyValue)
        }
        return Path.cleaned(root.path.utf8.first == UInt8(ascii: "/") ? root.path : "\(path)/\(root.path)")
    }
}
