import Base
import Linux

/// A step of `mounts`: adds mounts to an existing container, or removes some, in its own mount namespace.
///
/// It adds all or nothing: if one mount fails, the ones added before it are unmounted again. A mount that was removed
/// cannot be brought back.
struct ChangeMounts: InsideWork {
    static var word: StaticString { "change-mounts" }

    /// The mounts to add, each with its place in the file.
    var added: [Placed<InsideStep>] = []
    /// Destinations to unmount, beginning with the last, since it may stand on an earlier one.
    var removed: [Placed<String>] = []
    var summary: String {
        let lines = added.map { $0.step.description.summary } + removed.reversed().map { "unmount \($0.step)" }
        return lines.joined(separator: "; ")
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        for (index, placed) in added.enumerated() {
            do throws(Failure) { try session.perform(placed.step) } catch {
                for done in added.prefix(index).reversed() {
                    if let target = Self.target(of: done.step) { try? Self.unmount(target, inside: session.root) }
                }
                throw error.at(placed.pointer)
            }
        }
        for placed in removed.reversed() {
            do throws(Failure) { try Self.unmount(placed.step, inside: session.root) } catch {
                throw error.at(placed.pointer)
            }
        }
    }

    /// The path at which a step has mounted something.
    private static func target(of step: InsideStep) -> String? {
        switch step {
        case .mount(let mount): mount.target
        case .bind(let mount): mount.target
        case .mountCgroup(let mount): mount.target
        default: nil
        }
    }

    /// Unmounts by name from inside the opened parent directory, since umount2(2) takes no descriptor.
    private static func unmount(_ target: String, inside root: borrowing Descriptor) throws(Failure) {
        let place = try root.openat2(target, [.path, .noFollow]).status()
        guard place.isMountRoot else { throw Failure("unmount \(target): nothing is mounted there") }
        let parts = Path.parts(target)
        let parent = try root.openat2("/" + parts.dropLast().joined(separator: "/"), [.path, .directory])
        try parent.fchdir()
        try umount(parts.last ?? ".", [.detach, .noFollow])
        try chdir("/")
    }
}
