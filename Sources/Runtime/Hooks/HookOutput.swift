import Base
import Linux
import OCI

/// Files that take what hooks write, as crun's annotations name them (crun(1), `run.oci.hooks.stdout`); without them it is only told
/// if the hook fails.
///
/// They are of the host: hooks of `startContainer`, which run in the container's root, have none.
struct HookOutput: ~Copyable {
    static let standardOutput = "run.oci.hooks.stdout"
    static let standardError = "run.oci.hooks.stderr"

    let output: Descriptor
    let errors: Descriptor

    /// - Throws: ``Failure`` of `open`, at the annotation.
    static func of(_ kind: HookKind, _ annotations: Annotations?) throws(Failure) -> HookOutput {
        let annotations = kind == .startContainer ? nil : annotations
        let output = try open(annotations?[standardOutput], standardOutput)
        return HookOutput(output: output, errors: try open(annotations?[standardError], standardError))
    }

    private static func open(_ path: String?, _ annotation: String) throws(Failure) -> Descriptor {
        guard let path, !path.isEmpty else { return .none }
        do throws(Failure) {
            return try Linux.open(path, [.writeOnly, .create, .append, .noControllingTerminal], mode: 0o600)
        } catch {
            throw error.at("/annotations/\(annotation)")
        }
    }
}
