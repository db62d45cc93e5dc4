import Base

/// Where a bus listens: a UNIX socket in the file system, or one with an abstract name.
public enum BusAddress: Equatable, Sendable {
    case path(String)
    case abstract(String)

    /// Finds the addresses in a text such as `unix:path=/run/bus,guid=12;unix:abstract=name` (D-Bus Specification,
    /// "Server Addresses"). Addresses of other kinds are left out: the kernel vouches for a user on UNIX sockets alone.
    public static func list(_ text: String) -> [BusAddress] {
        var addresses: [BusAddress] = []
        for entry in text.utf8.split(separator: UInt8(ascii: ";")) {
            guard entry.starts(with: "unix:".utf8) else { continue }
            for pair in entry.dropFirst(5).split(separator: UInt8(ascii: ",")) {
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    let value = unescaped(pair[pair.index(after: equals)...])
                else { continue }
                if pair[..<equals].elementsEqual("path".utf8) { addresses.append(.path(value)) }
                if pair[..<equals].elementsEqual("abstract".utf8) { addresses.append(.abstract(value)) }
            }
        }
        return addresses
    }

    /// The address for messages.
    public var text: String {
        switch self {
        case .path(let path): path
        case .abstract(let name): "@\(name)"
        }
    }

    /// Replaces `%` and two hexadecimal digits by the byte; nil if there are no such digits.
    private static func unescaped(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = UInt8(String(Substring(rest.prefix(2))), radix: 16), rest.count >= 2 else { return nil }
            rest = rest.dropFirst(2)
            bytes.append(digits)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
