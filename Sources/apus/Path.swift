import Base
import Linux

extension Path {
    /// Returns `path` itself if it begins with `/`, otherwise `path` below `directory`.
    static func absolute(_ path: String, from directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    /// Makes `path` absolute, from the current directory. nil and "" stay as they are.
    static func absolute(_ path: String?) throws(Failure) -> String? {
        guard let path, !path.isEmpty else { return path }
        if path.utf8.first == UInt8(ascii: "/") { return path }
        return absolute(path, from: try ThisProcess.getcwd())
    }
}
