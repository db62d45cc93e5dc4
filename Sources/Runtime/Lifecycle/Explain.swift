import Base
import Linux

/// `explain`: the script of a bundle as `run` would walk it in the foreground, decided and printed, and not done. It needs no
/// privilege.
///
/// - Parameter host: `real` for the host we are on, `none` for a fixed one, for which the bundle is `/bundle`.
public func explain(bundle: String, host: String, in options: RuntimeOptions) throws(Failure) -> String {
    let here = try open(".", [.path, .directory])
    defer { try? here.fchdir() }
    let real = try Bundle.enter(bundle)
    let id = try ContainerID("container")
    guard host == "none" else {
        return try Script(try CreateRequest(id: id, bundle: real, runtime: options), on: HostFacts.read()).explanation
    }
    let fixed = Bundle(path: "/bundle", bytes: real.bytes, config: real.config)
    var options = options
    options.root = "/run/apus"
    return try Script(try CreateRequest(id: id, bundle: fixed, runtime: options), on: .none).explanation
}
