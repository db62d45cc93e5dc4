import Base
import Linux

/// What of a config.json a host cannot give. Pure: both sides were worked out before.
enum HostRules {
    static func problems(_ wishes: HostWishes, _ host: HostInventory) -> [Problem] {
        var problems: [Problem] = []
        func say(
            _ level: Problem.Level, _ code: Failure.Code, _ message: String, _ pointer: String, hint: String? = nil
        ) {
            problems.append(Problem(level, Failure(message, pointer: pointer, hint: hint, code: code)))
        }
        if host.kernel < .oldest {
            say(
                .error, .kernelTooOld,
                "Linux \(KernelVersion.oldest.text) or newer is needed, this is \(host.kernel.text)", "")
        }
        if host.controllers == nil {
            say(.error, .missingController, "no cgroup v2 at \(Cgroup.mountPoint)", "", hint: "mount it there")
        }
        for wish in wishes.controllers where host.controllers?.contains(wish.name) == false {
            say(.error, .missingController, "this host has no cgroup controller \(quoted(wish.name))", wish.pointer)
        }
        for wish in wishes.modules where host.modules?.contains(wish.name) == false {
            say(.error, .missingSecurityModule, "\(wish.name) is not active on this host", wish.pointer)
        }
        for wish in wishes.filesystems where !host.filesystems.contains(wish.name) {
            say(
                .warning, .missingFeature, "this host's kernel does not list the filesystem \(quoted(wish.name))",
                wish.pointer, hint: "it may come with a kernel module")
        }
        for wish in wishes.pageSizes where !host.pageSizes.contains(wish.name) {
            say(.error, .missingFeature, "this host has no \(wish.name)", wish.pointer)
        }
        for wish in wishes.files where host.missing.contains(wish.name) {
            say(.error, .missingFile, "there is no \(quoted(wish.name))", wish.pointer)
        }
        for wish in wishes.hooks where host.missing.contains(wish.name) {
            say(.warning, .missingFile, "there is no \(quoted(wish.name))", wish.pointer)
        }
        return problems
    }
}
