import Base
import Linux
import OCI

/// `state`: returns what a container is doing now (runtime.md, "State").
public func state(id: String, in options: RuntimeOptions) throws(Failure) -> State {
    let container = try Container.find(id, in: options)
    return container.record.state(try container.status(), owner: "")
}

/// `list`: returns every container below `--root`, sorted by id. The owner of a container is the owner of its folder.
///
/// - Returns: nil if the root does not exist.
public func list(in options: RuntimeOptions) throws(Failure) -> [State]? {
    guard let ids = try options.store.ids() else { return nil }
    let proc = try Proc.host()
    var states: [State] = []
    for id in ids {
        do throws(Failure) {
            states.append(try state(of: id, options, proc))
        } catch {
            // A container that cannot be read must not hide the others. One that is deleted while we look is left out.
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
