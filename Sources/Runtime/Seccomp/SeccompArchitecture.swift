import CSeccomp

/// A system call table that a seccomp profile may name (runtime-spec 1.3, config-linux.md, "Seccomp"). Call numbers
/// differ between architectures, so a filter has a section for each table.
struct SeccompArchitecture: Equatable {
    /// The name in config.json: `SCMP_ARCH_X86_64`.
    let word: String
    /// The name for seccomp_arch_resolve_name(3): `x86_64`.
    let libraryName: String

    /// nil if the spec does not list the name.
    init?(word: String) {
        guard let libraryName = Self.libraryName(of: word) else { return nil }
        self.word = word
        self.libraryName = libraryName
    }

    /// libseccomp's number; nil if this libseccomp is older than the architecture (2.5.4 lacks LOONGARCH64, M68K and
    /// SH).
    var token: UInt32? {
        let token = seccomp_arch_resolve_name(libraryName)
        return token == 0 ? nil : token
    }

    /// The kernel's number (`AUDIT_ARCH_*`); 0 if libseccomp does not know the architecture. libseccomp has a number of
    /// its own for x32, which the kernel counts as x86_64.
    var audit: UInt32 { seccomp_arch_resolve_name(libraryName == "x32" ? "x86_64" : libraryName) }

    /// The table of this machine's own programs, which libseccomp puts into every filter.
    static var native: SeccompArchitecture {
        #if arch(x86_64)
            SeccompArchitecture("SCMP_ARCH_X86_64", "x86_64")
        #elseif arch(arm64)
            SeccompArchitecture("SCMP_ARCH_AARCH64", "aarch64")
        #endif
    }

    private init(_ word: String, _ libraryName: String) {
        self.word = word
        self.libraryName = libraryName
    }

    private static func libraryName(of word: String) -> String? {
        // swift-format-ignore
        switch word {
        case "SCMP_ARCH_X86":         "x86"
        case "SCMP_ARCH_X86_64":      "x86_64"
        case "SCMP_ARCH_X32":         "x32"
        case "SCMP_ARCH_ARM":         "arm"
        case "SCMP_ARCH_AARCH64":     "aarch64"
        case "SCMP_ARCH_MIPS":        "mips"
        case "SCMP_ARCH_MIPS64":      "mips64"
        case "SCMP_ARCH_MIPS64N32":   "mips64n32"
        case "SCMP_ARCH_MIPSEL":      "mipsel"
        case "SCMP_ARCH_MIPSEL64":    "mipsel64"
        case "SCMP_ARCH_MIPSEL64N32": "mipsel64n32"
        case "SCMP_ARCH_PPC":         "ppc"
        case "SCMP_ARCH_PPC64":       "ppc64"
        case "SCMP_ARCH_PPC64LE":     "ppc64le"
        case "SCMP_ARCH_S390":        "s390"
        case "SCMP_ARCH_S390X":       "s390x"
        case "SCMP_ARCH_PARISC":      "parisc"
        case "SCMP_ARCH_PARISC64":    "parisc64"
        case "SCMP_ARCH_RISCV64":     "riscv64"
        case "SCMP_ARCH_LOONGARCH64": "loongarch64"
        case "SCMP_ARCH_M68K":        "m68k"
        case "SCMP_ARCH_SH":          "sh"
        case "SCMP_ARCH_SHEB":        "sheb"
        default:                      nil
        }
    }
}
