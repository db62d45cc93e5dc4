import Base
import Linux

/// The directory of `--root`, with one folder per container.
struct Store {
    /// The absolute path.
    let root: String

    /// Makes the folder of a new container. mkdir(2) is atomic: of several callers, exactly one gets the id.
    ///
    /// - Throws: ``Failure``: `container with given ID already exists`.
    func make(_ id: ContainerID) throws(Failure) -> ContainerFolder {
        let store = try openMakingRoot()
        do throws(Failure) { try store.mkdirat(id.text, mode: 0o700) } catch  where error.errno == .EEXIST {
            throw Failure(
                "container with given ID already exists", hint: "choose another id, or delete \(id.text)",
                code: .containerExists)
        }
        let directory: Descriptor
        do throws(Failure) { directory = try openFolder(of: id, in: store) } catch {
            // Otherwise the id would stay taken although no container has it.
            try? store.unlinkat(id.text, isDirectory: true)
            throw error
        }
        return ContainerFolder(id: id, path: path(of: id), store: store, directory: directory)
    }

    /// Opens the folder of an existing container.
    ///
    /// - Throws: ``Failure``: `container does not exist`; `forbidden` if the root or the folder belongs to another
    ///   user.
    func find(_ id: ContainerID) throws(Failure) -> ContainerFolder {
        do throws(Failure) {
            let store = try Ours.open(root: root)
            let directory = try openFolder(of: id, in: store)
            return ContainerFolder(id: id, path: path(of: id), store: store, directory: directory)
        } catch  where error.errno == .ENOENT {
            throw Failure.containerNotFound
        }
    }

    private func path(of id: ContainerID) -> String { "\(root)/\(id.text)" }

    private func openFolder(of id: ContainerID, in store: borrowing Descriptor) throws(Failure) -> Descriptor {
        try Ours.open(id.text, in: store, .directory, [.readOnly, .directory], path: path(of: id))
    }

    /// Returns the ids of all containers, sorted; nil if the directory does not exist.
    func ids() throws(Failure) -> [String]? {
        let store: Descriptor
        do throws(Failure) { store = try Ours.open(root: root, .readOnly) } catch  where error.errno == .ENOENT {
            return nil
        }
        return try store.names().filter { (try? ContainerID($0)) != nil }.sorted()
    }

    private func openMakingRoot() throws(Failure) -> Descriptor {
        do throws(Failure) { return try Ours.open(root: root) } catch  where error.errno == .ENOENT {}
        // This is a path of the host, not of an image. The walk that is safe for images serves here too.
        let made: Descriptor
        do throws(Failure) {
            made = try Linux.open("/", [.path, .directory]).openMakingDirectories(root, mode: 0o700)
        } catch  where Identity.effectiveUser != 0 && (error.errno == .EACCES || error.errno == .EROFS) {
            throw error.during("make the state directory \(root)").hinting(
                "without root, set XDG_RUNTIME_DIR to a folder of your own, as a login does, or give --root")
        }
        // Another user may have made the directory before us.
        try Ours.check(made, root: root)
        return made
    }
}
