import Base
import Linux
import OCI

/// `update`: changes the limits of a container, and its kept config.json.
///
/// What `resources` does not name stays as it is. If the kernel refuses a value, everything stays as it was.
///
/// - Parameters:
///   - resources: The new limits. The pointers of failures lead into it.
///   - schemata: The values of `--l3-cache-schema` and `--mem-bw-schema`, as `linux.intelRdt`.
/// - Throws: ``Failure``: `container not running` if it has stopped.
public func update(
    id: String, _ resources: Resources, schemata: IntelRdt? = nil, in options: RuntimeOptions
) throws(Failure) {
    let container = try Container.lock(id, in: options)
    try container.requireLive()
    try refuse(schemata)
    var config = try container.config()
    let update = ResourceUpdate(resources, over: config.linux?.resources ?? .empty)
    var linux = config.linux ?? .empty
    linux.resources = update.merged
    config.linux = linux

    let plan = try ResourcePlan(update: update.written)
    let files = container.record.unit == nil ? plan.files : UnitLimits(plan.files, version: .max).files
    if !files.isEmpty {
        try container.record.withCgroup(to: "update") { cgroup throws(Failure) in
            try cgroup.verify(plan.checks)
            let backup = try cgroup.replace(files)
            do throws(Failure) {
                if container.record.unit != nil {
                    try container.record.updateUnit(files, options.buses)
                    // systemd has written what it knows of them, in its own way.
                    try cgroup.write(files)
                }
                try container.folder.replace(config: config)
            } catch {
                try? container.record.updateUnit(backup.writes, options.buses)
                cgroup.restore(backup)
                throw error
            }
        }
    }
    if resources.memory?.kernel ?? 0 != 0 || resources.memory?.kernelTCP ?? 0 != 0 {
        options.warn(Failure("Kernel memory settings are ignored and will be removed", code: .noEffect))
    }
    for warning in plan.warnings { options.warn(Failure(warning)) }
}

/// Refuses the options for resctrl. A container gets a resctrl group when it is created, or never.
private func refuse(_ schemata: IntelRdt?) throws(Failure) {
    let hint = "the container's config.json has no linux.intelRdt"
    if schemata?.l3CacheSchema != nil {
        throw Failure("Intel RDT/CAT: l3 cache schema is not enabled", hint: hint, code: .missingFeature)
    }
    if schemata?.memBwSchema != nil {
        throw Failure("Intel RDT/MBA: memory bandwidth schema is not enabled", hint: hint, code: .missingFeature)
    }
}

extension ContainerFolder {
    /// Replaces the kept config.json, whole or not at all.
    fileprivate borrowing func replace(config: Config) throws(Failure) {
        try directory.writeFileByRename(Self.config, with: config.json(.compact), mode: 0o600)
    }
}
