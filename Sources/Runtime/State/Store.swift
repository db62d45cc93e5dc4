import Base
import Linux

/// The directory with a folder for each container: `--root`.
struct Store {
    /// Absolute.
    let root: String

    /// Makes the folder of a new container. mkdir(2) is atomic: whoever makes it has the id.
    ///
    /// - Throws: ``Failure``: `container with given ID already exists`.
    func make(_ id: ContainerID) throws(Failure) -> ContainerFolder {
        let store = try openMakingRoot()
        do throws(Failure) { try makeDirectory(id.text, at: store, mode: 0o700) } catch  where error.errno == .EEXIST {
            throw Failure(
                "container with given ID already exists", hint: "choose another id, or delete \(id.text)",
                code: .containerExists)
        }
        let directory = try open(id.text, at: store, [.readOnly, .directory, .noFollow])
        return ContainerFolder(id: id, path: "\(root)/\(id.text)", store: store, directory: directory)
    }

    /// The folder of a container that there is.
    ///
    /// - Throws: ``Failure``: `container does not exist`.
    func find(_ id: ContainerID) throws(Failure) -> ContainerFolder {
        do throws(Failure) {
            let store = try open(root, [.path, .directory])
            let directory = try open(id.text, at: store, [.readOnly, .directory, .noFollow])
            return ContainerFolder(id: id, path: "\(root)/\(id.text)", store: store, directory: directory)
        } catch  where error.errno == .ENOENT {
            throw Failure.containerNotFound
        }
    }

    /// The ids of all containers, sorted; nil where there is no such directory.
    func ids() throws(Failure) -> [String]? {
        let store: Descriptor
        do throws(Failure) { store = try open(root, [.readOnly, .directory]) } catch  where error.errno == .ENOENT {
            return nil
        }
        return try names(in: store).filter { (try? ContainerID($0)) != nil }.sorted()
    }

    private func openMakingRoot() throws(Failure) -> Descriptor {
        do throws(Failure) { return try open(root, [.path, .directory]) } catch  where error.errno == .ENOENT {}
        // The host's own path, not an image's; yet the same walk serves.
        return try openMakingDirectories(root, inside: try open("/", [.path, .directory]), mode: 0o700)
    }
}
