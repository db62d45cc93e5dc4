import Base
import Linux
import OCI

/// `state`: what a container is now (runtime.md, "State").
public func state(id: String, in options: RuntimeOptions) throws(Failure) -> State {
    let container = try Container.find(id, in: options)
    return container.record.state(try container.status(), owner: "")
}
