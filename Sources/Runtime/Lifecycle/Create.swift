import Base
import Linux

/// `create`: makes a container that waits for `start` (runtime.md, "Create").
public func create(id: String, options: CreateOptions, in runtime: RuntimeOptions) throws(Failure) {
    let id = try ContainerID(id)
    let make = Make(id: id, options: options, detaches: true, runtime: runtime)
    try SealedBinary.ensure(keeping: try options.keptDescriptors, and: try make.named)
    _ = try make.perform()
}
