import Base
import Linux

/// `create`: makes a container that waits for `start` (runtime.md, "Create").
public func create(id: String, options: CreateOptions, in runtime: RuntimeOptions) throws(Failure) {
    let id = try ContainerID(id)
    try SealedBinary.ensure(keeping: try options.keptDescriptors)
    _ = try Make(id: id, options: options, detaches: true, runtime: runtime).perform()
}
