import Base
import OCI

extension Features {
    /// What this runtime can do (runtime-spec 1.3, features.md): settled when it is built, whatever the host can do.
    ///
    /// What a later version adds is said to be absent here with `false`, since a property that is missing would mean
    /// that nothing is known about it.
    public static var ofRuntime: Features {
        Features(
            ociVersionMin: "1.0.0", ociVersionMax: Version.specification,
            hooks: ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"],
            annotations: [
                "io.github.seccomp.libseccomp.version": seccompLibraryVersion,
                "org.opencontainers.runc.checkpoint.enabled": "false",
            ],
            potentiallyUnsafeConfigAnnotations: [])
    }
}
