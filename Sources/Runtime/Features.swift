import Base
import CSeccomp
import Linux
import OCI

extension Features {
    /// What this runtime can do (runtime-spec 1.3, features.md): settled when it is built, whatever the host can do.
    ///
    /// What it cannot do is said with `false` or left out of a list, since a property that is missing would mean that
    /// nothing is known about it.
    public static var ofRuntime: Features {
        Features(
            ociVersionMin: "1.0.0", ociVersionMax: Version.specification, hooks: HookKind.allCases.map { $0.word },
            mountOptions: MountOptions.words.map { "\($0)" }, linux: ofLinux,
            annotations: [
                "io.github.seccomp.libseccomp.version": seccompLibraryVersion,
                "org.opencontainers.runc.checkpoint.enabled": "false",
            ],
            potentiallyUnsafeConfigAnnotations: [UserIdentity.keepGroups, PidfdSocket.annotation])
    }

    private static var ofLinux: LinuxFeatures {
        LinuxFeatures(
            namespaces: Namespace.Kind.allCases.map { $0.word }.sorted(),
            capabilities: capabilities,
            cgroup: CgroupFeatures(v1: false, v2: true, systemd: false, systemdUser: false, rdma: true),
            seccomp: ofSeccomp,
            apparmor: FeatureSwitch(enabled: true),
            selinux: FeatureSwitch(enabled: true),
            intelRdt: IntelRdtFeatures(enabled: false, schemata: false, monitoring: false),
            memoryPolicy: MemoryPolicyFeatures(
                modes: MemoryPolicy.Mode.allCases.map { $0.word }.sorted(),
                flags: MemoryPolicy.Flag.allCases.map { $0.word }.sorted()),
            mountExtensions: MountExtensions(idmap: FeatureSwitch(enabled: true)),
            netDevices: FeatureSwitch(enabled: true))
    }

    /// Those that libcap has names for, in the kernel's order.
    private static var capabilities: [String] {
        (0..<64).map { Capability(number: $0).name }.filter { Capability(name: $0) != nil }
    }

    private static var ofSeccomp: SeccompFeatures {
        let flags = [
            "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
        ]
        return SeccompFeatures(
            enabled: true,
            actions: SeccompAction.allCases.map { $0.word }.sorted(),
            operators: SeccompOperator.allCases.map { $0.word }.sorted(),
            archs: architectures.filter { SeccompArchitecture(word: $0)?.token != nil },
            knownFlags: flags, supportedFlags: flags)
    }

    /// Those of the spec, sorted; a libseccomp that is older than one cannot compile for it.
    private static var architectures: [String] {
        [
            "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_MIPS",
            "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64",
            "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64",
            "SCMP_ARCH_PPC64LE", "SCMP_ARCH_RISCV64", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_SH",
            "SCMP_ARCH_SHEB", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64",
        ]
    }
}

/// The version of the libseccomp that is linked in: `2.5.4`. Source: seccomp_version(3).
public var seccompLibraryVersion: String {
    guard let version = seccomp_version()?.pointee else { return "unknown" }
    return "\(version.major).\(version.minor).\(version.micro)"
}
