import Base

/// `process.consoleSize`: the terminal's size, in characters.
public struct ConsoleSize: Equatable, Sendable {
    /// Rows.
    public var height: UInt64
    /// Columns.
    public var width: UInt64

    /// A size with all its properties.
    public init(height: UInt64, width: UInt64) {
        self.height = height
        self.width = width
    }
}

extension ConsoleSize: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var height: UInt64?
        var width: UInt64?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "height": height = try json.integer()
            case "width": width = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            height: json.required(height, "height", of: "a console size", at: start),
            width: json.required(width, "width", of: "a console size", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("height", height)
            json.member("width", width)
        }
    }
}
