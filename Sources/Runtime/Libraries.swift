import CSeccomp

/// The version of the libseccomp that is linked in: `2.5.4`. Source: seccomp_version(3).
public var seccompLibraryVersion: String {
    guard let version = seccomp_version()?.pointee else { return "unknown" }
    return "\(version.major).\(version.minor).\(version.micro)"
}
