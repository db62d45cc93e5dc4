import Base
import Linux
import OCI

/// `state`: what a container is now (runtime.md, "State").
public func state(id: String, in options: RuntimeOptions) throws(Failure) -> State {
    let container = try Container.find(id, in: options)
    return container.record.state(try container.status(), owner: "")
}

/// `list`: every container below `--root`, sorted by id; the owner is that of its folder.
///
/// - Returns: nil where the root is not there.
public func list(in options: RuntimeOptions) throws(Failure) -> [State]? {
    guard let ids = try options.store.ids() else { return nil }
    let proc = try Proc.host()
    var states: [State] = []
    for id in ids {
        do throws(Failure) {
            states.append(try state(of: id, options, proc))
        } catch {
            // One that cannot be read does not hide the others, and one that is deleted while we look is none.
            if error.code != .containerNotFound { options.warn(error.during("container \(id) is not listed")) }
        }
    }
    return states
}

private func state(
    of id: String, _ options: RuntimeOptions, _ proc: borrowing Proc
) throws(Failure) -> State {
    let container = try Container.find(id, in: options)
    let status = try container.folder.status(of: container.record, proc: proc)
    return container.record.state(status, owner: "\(try container.folder.directory.status().uid)")
}
