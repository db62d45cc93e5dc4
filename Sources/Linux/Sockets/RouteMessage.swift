import CShim

/// A request of rtnetlink(7), in the machine's byte order: a header, a fixed part, and attributes, each padded to four
/// bytes (netlink(7)).
struct RouteRequest {
    /// The whole request; ``numbered(_:)`` fills in the header's length and number.
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - kind: `RTM_*`.
    ///   - flags: `NLM_F_*` in addition to NLM_F_REQUEST.
    init(_ kind: Int, flags: CInt) {
        // struct nlmsghdr: length (written at the end), type, flags, sequence, port.
        append(UInt32(0))
        append(UInt16(kind))
        append(UInt16(flags | NLM_F_REQUEST))
        append(UInt32(0))
        append(UInt32(0))
    }

    /// Adds a number of the fixed part.
    mutating func append<I: FixedWidthInteger>(_ number: I) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Adds an attribute (rtattr).
    mutating func attribute(_ kind: Int, _ value: some Collection<UInt8>) {
        append(UInt16(4 + value.count))
        append(UInt16(kind))
        bytes.append(contentsOf: value)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// Adds an attribute that is a number.
    mutating func attribute<I: FixedWidthInteger>(_ kind: Int, number: I) {
        withUnsafeBytes(of: number) { attribute(kind, Array($0)) }
    }

    /// Returns the bytes to send, with the length, and with a number that the answer repeats.
    func numbered(_ number: UInt32) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt32(bytes.count), toByteOffset: 0, as: UInt32.self)
            bytes.storeBytes(of: number, toByteOffset: 8, as: UInt32.self)
        }
        return bytes
    }
}

/// A message from the kernel.
struct RouteReply {
    /// `RTM_*`, or NLMSG_ERROR, NLMSG_DONE.
    let kind: Int
    /// `NLM_F_*`.
    let flags: CInt
    /// The number of the request that it answers.
    let number: UInt32
    /// The bytes after the header.
    let body: ArraySlice<UInt8>

    /// Splits a packet into its messages; a truncated one ends the list.
    static func list(_ packet: [UInt8]) -> [RouteReply] {
        var list: [RouteReply] = []
        var rest = packet[...]
        while rest.count >= 16 {
            let length = Int(rest.number(at: 0, as: UInt32.self))
            guard length >= 16, length <= rest.count else { break }
            list.append(
                RouteReply(
                    kind: Int(rest.number(at: 4, as: UInt16.self)),
                    flags: CInt(rest.number(at: 6, as: UInt16.self)),
                    number: rest.number(at: 8, as: UInt32.self), body: rest.dropFirst(16).prefix(length - 16)))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return list
    }

    /// Returns the attribute of a kind, found after a fixed part of `count` bytes. If there are two, the first counts.
    func attribute(_ kind: Int, after count: Int) -> ArraySlice<UInt8>? {
        var rest = body.dropFirst(count)
        while rest.count >= 4 {
            let length = Int(rest.number(at: 0, as: UInt16.self))
            guard length >= 4, length <= rest.count else { return nil }
            // Two bits describe how the value is written.
            if Int(rest.number(at: 2, as: UInt16.self) & SHIM_NLA_TYPE_MASK) == kind {
                return rest.dropFirst(4).prefix(length - 4)
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// Reads the number at `offset` bytes from the start; 0 if there are too few bytes.
    func number<I: FixedWidthInteger>(at offset: Int, as type: I.Type) -> I {
        guard offset + MemoryLayout<I>.size <= count else { return 0 }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }
}
