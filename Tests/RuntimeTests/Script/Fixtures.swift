import Base
import Glibc
@testable import OCI

@testable import Runtime

/// The folders of spec-fixtures/, found from this file.
enum Fixtures {
    static let folder: String = {
        var parts = #filePath.split(separator: "/")
        parts.removeLast(4)
        return "/" + parts.joined(separator: "/") + "/spec-fixtures"
    }()

    /// The fixtures of `kind` (`good` or `bad`), sorted.
    static func names(_ kind: String) -> [String] {
        guard let directory = opendir("\(folder)/\(kind)") else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
        }
        return names.sorted()
    }

    static func bytes(_ path: String) -> [UInt8]? {
        guard let file = fopen("\(folder)/\(path)", "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    /// The script of a config.json, on a host without properties, as in `explain --host none`.
    static func script(_ bytes: [UInt8]) throws(Failure) -> Script {
        let bundle = Bundle(path: "/bundle", bytes: bytes, config: try Bundle.parse(bytes))
        let options = RuntimeOptions(root: "/run/apus")
        var request = try CreateRequest(id: try ContainerID("container"), bundle: bundle, runtime: options)
        if bundle.config.process != nil { request.start = .inForeground }
        return try Script(request, on: .none)
    }
}
