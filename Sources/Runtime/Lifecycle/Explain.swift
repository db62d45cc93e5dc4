import Base
import Linux

/// `explain`: returns the script by which `run` would run a bundle in the foreground. It carries out nothing and needs
/// no privilege.
///
/// - Parameter host: `real` for the host we run on; `none` for a fixed host, on which the bundle is `/bundle`.
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
