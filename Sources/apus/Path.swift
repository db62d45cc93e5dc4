import Base
import Linux

extension Path {
    /// `path` itself where it begins with `/`, else below `directory`.
    static func absolute(_ path: String, from directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    /// `path`, where there is one that is not empty, from the current directory.
    static func absolute(_ path: String?) throws(Failure) -> String? {
        guard let path, !path.isEmpty else { return path }
        if path.utf8.first == UInt8(ascii: "/") { return path }
        return absolute(path, from: try ThisProcess.getcwd())
    }
}
