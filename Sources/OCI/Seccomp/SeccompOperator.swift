/// How seccomp compares an argument, by libseccomp's names.
public enum SeccompOperator: String, SpecWord {
    case notEqual = "SCMP_CMP_NE"
    case less = "SCMP_CMP_LT"
    case lessOrEqual = "SCMP_CMP_LE"
    case equal = "SCMP_CMP_EQ"
    case greaterOrEqual = "SCMP_CMP_GE"
    case greater = "SCMP_CMP_GT"
    case maskedEqual = "SCMP_CMP_MASKED_EQ"

    /// What an error calls it.
    public static var noun: StaticString { "seccomp operator" }
}
