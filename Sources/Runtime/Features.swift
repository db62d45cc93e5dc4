import Base
import CSeccomp
import Linux
import OCI

extension Features {
    /// What this runtime can do (runtime-spec 1.3, features.md). It is decided when the runtime is built, whatever the
    /// host can do.
    ///
    /// What the runtime cannot do is `false` or left out of a list. A missing property would mean that nothing is known
    /// about it.
    public static var ofRuntime: Features {
        Features {
            $0.ociVersionMin = "1.0.0"
            $0.ociVersionMax = Version.specification
            $0.hooks = HookKind.allCases.map { $0.word }
            $0.mountOptions = MountOptions.words.map { "\($0)" }
            $0.linux = ofLinux
            $0.annotations = [
                "io.github.seccomp.libseccomp.version": seccompLibraryVersion,
                "org.opencontainers.runc.checkpoint.enabled": "false",
            ]
            $0.potentiallyUnsafeConfigAnnotations = [UserIdentity.keepGroups, PidfdSocket.annotation]
        }
    }

    private static var ofLinux: LinuxFeatures {
        LinuxFeatures {
            $0.namespaces = Namespace.Kind.allCases.map { $0.word }.sorted()
            $0.capabilities = capabilities
            $0.cgroup = ofCgroups
            $0.seccomp = ofSeccomp
            $0.apparmor = present
            $0.selinux = present
            $0.intelRdt = IntelRdtFeatures {
                $0.enabled = false
                $0.schemata = false
                $0.monitoring = false
            }
            $0.memoryPolicy = MemoryPolicyFeatures {
                $0.modes = MemoryPolicy.Mode.allCases.map { $0.word }.sorted()
                $0.flags = MemoryPolicy.Flag.allCases.map { $0.word }.sorted()
            }
            $0.mountExtensions = MountExtensions { $0.idmap = present }
            $0.netDevices = present
        }
    }

    private static var present: FeatureSwitch { FeatureSwitch { $0.enabled = true } }

    private static var ofCgroups: CgroupFeatures {
        CgroupFeatures {
            $0.v1 = false
            $0.v2 = true
            $0.systemd = true
            $0.systemdUser = true
            $0.rdma = true
        }
    }

    /// The capabilities that libcap has names for, in the kernel's order.
    private static var capabilities: [String] {
        (0..<64).map { Capability(number: $0).name }.filter { Capability(name: $0) != nil }
    }

    private static var ofSeccomp: SeccompFeatures {
        let flags = [
            "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
        ]
        return SeccompFeatures {
            $0.enabled = true
            $0.actions = SeccompAction.allCases.map { $0.word }.sorted()
            $0.operators = SeccompOperator.allCases.map { $0.word }.sorted()
            $0.archs = architectures.filter { SeccompArchitecture(word: $0)?.token != nil }
            $0.knownFlags = flags
            $0.supportedFlags = flags
        }
    }

    /// The architectures of the spec, sorted. An older libseccomp cannot compile filters for the newest of them.
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

/// Returns the version of the linked libseccomp: `2.5.4`. Source: seccomp_version(3).
public var seccompLibraryVersion: String {
    guard let version = seccomp_version()?.pointee else { return "unknown" }
    return "\(version.major).\(version.minor).\(version.micro)"
}
