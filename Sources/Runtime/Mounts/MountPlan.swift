import Base
import Linux
import OCI

/// The steps for all of `mounts`; ``MountPlanning`` decides each entry.
struct MountPlan {
    /// What the host opens for init before init leaves the host's namespaces.
    private(set) var openSources: [Placed<HostStep>] = []
    private(set) var make: [Placed<InsideStep>] = []
    /// The mounts that become read-only after everything in them has been made.
    private(set) var seal: [Placed<InsideStep>] = []
    private(set) var warnings: [Failure] = []

    /// - Parameters:
    ///   - rootfs: The rootfs on the host, absolute.
    ///   - notifyFolder: The mount of the notify socket's folder, if the program can report that it is ready.
    init(
        _ mounts: [Mount], by planning: MountPlanning, rootfs: String, notifyFolder: Mount?, _ refuse: Refuse
    ) throws(Failure) {
        for (index, mount) in mounts.enumerated() {
            let pointer = "/mounts/\(index)"
            do throws(Failure) { add(try planning.plan(mount, at: .mount(index)), pointer) } catch {
                try refuse(error.pointing(into: pointer))
            }
            warn(of: mount, rootfs, pointer)
        }
        if let notifyFolder { add(try planning.plan(notifyFolder, at: .notifyFolder), "") }
    }

    private mutating func add(_ plan: MountPlanning.Plan, _ pointer: String) {
        openSources += plan.host.map { host($0.step, pointer.isEmpty ? "" : pointer + $0.pointer) }
        make.append(inside(plan.step, pointer))
        guard case .mount(let mount) = plan.step, mount.isSealedLater else { return }
        seal.append(inside(.sealMount(SealMount(target: mount.target)), pointer))
    }

    private mutating func warn(of mount: Mount, _ rootfs: String, _ pointer: String) {
        let path = Path.cleaned(mount.destination)
        if !Path.areSame(Destination.inside(rootfs, path), path) {
            warnings.append(
                Failure(
                    "the mount destination \(quoted(mount.destination)) begins with the rootfs's path on the host, which is taken off",
                    pointer: "\(pointer)/destination", code: .deprecated))
        }
        guard let first = mount.destination.utf8.first, first != UInt8(ascii: "/") else { return }
        warnings.append(
            Failure(
                "the mount destination \(quoted(mount.destination)) is not absolute, and is taken from /",
                pointer: "\(pointer)/destination", code: .deprecated))
    }
}
