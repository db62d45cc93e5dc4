import Base
import Linux
import OCI

/// `state`: what a container is now (runtime.md, "State").
public func state(id: String, in options: RuntimeOptions) throws(Failure) -> State {
    let folder = try options.store.find(try ContainerID(id))
    guard let record = try folder.readRecord() else { throw Failure.containerNotFound }
    return record.state(try folder.status(of: record, proc: try Proc.host()), owner: "")
}
