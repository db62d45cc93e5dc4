import Base

@testable import Runtime

extension Fixtures {
    /// What init does for a container with little more than a program.
    ///
    /// - Parameters:
    ///   - properties: More members of config.json, each followed by a comma; also `root`, if it is not the usual one.
    ///   - linux: Members of `linux`, with a comma between.
    static func insideSteps(
        _ properties: String = "", linux: String, cwd: String = "/"
    ) throws(Failure) -> [InsideStep] {
        let root = properties.contains(#""root""#) ? "" : #""root": {"path": "rootfs"},"#
        let text = """
            {"ociVersion": "1.3.0", \(root) \(properties) "linux": {\(linux)},
             "process": {"user": {"uid": 0, "gid": 0}, "args": ["sh"], "cwd": "\(cwd)"}}
            """
        return try script(Array(text.utf8)).joint.compactMap { line in
            guard case .inside(let placed) = line else { return nil }
            return placed.step
        }
    }
}
