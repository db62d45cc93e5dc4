import Base
import Linux
import OCI

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
        var facts = try HostFacts.read()
        try facts.readSystemd(options)
        return try script(of: real, id, options, on: facts).explanation
    }
    let fixed = Bundle(path: "/bundle", bytes: real.bytes, config: real.config)
    var options = options
    options.root = "/run/apus"
    var facts = HostFacts.none
    if options.systemdCgroup { facts.systemd = SystemdFacts.none }
    return try script(of: fixed, id, options, on: facts).explanation
}

private func script(
    of bundle: Bundle, _ id: ContainerID, _ options: RuntimeOptions, on host: HostFacts
) throws(Failure) -> Script {
    var request = try CreateRequest(id: id, bundle: bundle, runtime: options)
    if bundle.config.process != nil { request.start = .inForeground }
    return try Script(request, on: host)
}
