import Base

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

extension SeccompArgument: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var index: UInt32?
        var value: UInt64?
        var valueTwo: UInt64?
        var op: SeccompOperator?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "index": index = try json.integer()
            case "value": value = try json.integer()
            case "valueTwo": valueTwo = try json.integer()
            case "op": op = try json.word()
            default: try json.skip()
            }
        }
        try self.init(
            index: json.required(index, "index", of: "a condition on an argument", at: start),
            value: json.required(value, "value", of: "a condition on an argument", at: start), valueTwo: valueTwo,
            op: json.required(op, "op", of: "a condition on an argument", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("index", index)
            json.member("value", value)
            json.member("valueTwo", valueTwo)
            json.member("op", op)
        }
    }
}
