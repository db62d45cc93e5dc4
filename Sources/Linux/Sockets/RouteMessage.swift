import CShim

/// A request of rtnetlink(7), in the kernel's own byte order: a header, a fixed part, and attributes, each filled up to four
/// bytes (netlink(7)).
struct RouteRequest {
    /// The whole, of which the header's length and number are filled in by ``numbered(_:)``.
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - kind: `RTM_*`.
    ///   - flags: `NLM_F_*` beside NLM_F_REQUEST.
    init(_ kind: Int, flags: CInt) {
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

    /// What is sent: with its length, and with a number that the answer repeats.
    func numbered(_ number: UInt32) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt32(bytes.count), toByteOffset: 0, as: UInt32.self)
            bytes.storeBytes(of: number, toByteOffset: 8, as: UInt32.self)
        }
        return bytes
    }
}

/// A message of the kernel.
struct RouteReply {
    /// `RTM_*`, or NLMSG_ERROR, NLMSG_DONE.
    let kind: Int
    /// `NLM_F_*`.
    let flags: CInt
    /// Which request it answers.
    let number: UInt32
    /// What follows the header.
    let body: ArraySlice<UInt8>

    /// The messages of one packet; what is cut short ends the list.
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

    /// The attributes behind a fixed part of `count` bytes, by their kind; of two of a kind the first counts.
    func attribute(_ kind: Int, after count: Int) -> ArraySlice<UInt8>? {
        var rest = body.dropFirst(count)
        while rest.count >= 4 {
            let length = Int(rest.number(at: 0, as: UInt16.self))
            guard length >= 4, length <= rest.count else { return nil }
            // Two bits say how the value is written.
            if Int(rest.number(at: 2, as: UInt16.self) & SHIM_NLA_TYPE_MASK) == kind {
                return rest.dropFirst(4).prefix(length - 4)
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// The number `offset` bytes behind the start; 0 if there are too few.
    func number<I: FixedWidthInteger>(at offset: Int, as type: I.Type) -> I {
        guard offset + MemoryLayout<I>.size <= count else { return 0 }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }
}
