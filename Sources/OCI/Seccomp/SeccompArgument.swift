/// One entry of a rule's `args`.
public struct SeccompArgument: Equatable, Sendable {
    /// Which argument, from 0 to 5.
    public var index: UInt32
    /// What it is compared with; the mask of `SCMP_CMP_MASKED_EQ`.
    public var value: UInt64
    /// What the masked argument must be.
    public var valueTwo: UInt64?
    /// How it is compared.
    public var op: SeccompOperator

    /// A condition with the given properties; the others are absent.
    public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: SeccompOperator) {
        self.index = index
        self.value = value
        self.valueTwo = valueTwo
        self.op = op
    }
}
