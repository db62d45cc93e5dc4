import Base

/// A ``Failure`` as bytes: it crosses from one process to the other with all its parts.
///
/// Layout, little-endian: tag 0; errno in 4 bytes (0 for none); then call, action, pointer, hint, code, each a length in 2
/// bytes and UTF-8 text. A part that is absent has length 0xFFFF. Every part is cut to ``partLimit`` before it is
/// encoded, so that the packet fits ``packetLimit``.
enum FailurePacket {
    static let packetLimit = 32768
    private static let partLimit = 8000
    private static let absent: UInt16 = 0xFFFF

    static func encode(_ failure: Failure) -> [UInt8] {
        var bytes: [UInt8] = [0]
        let errno = UInt32(bitPattern: failure.errno?.rawValue ?? 0)
        for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: errno >> shift)) }
        for part in [failure.cause?.call, failure.action, failure.pointer, failure.hint, failure.code?.rawValue] {
            guard let part else {
                bytes += [0xFF, 0xFF]
                continue
            }
            let text = part.utf8.prefix(partLimit)
            bytes += [UInt8(truncatingIfNeeded: text.count), UInt8(truncatingIfNeeded: text.count >> 8)]
            bytes += text
        }
        return bytes
    }

    /// - Returns: nil where `bytes` are no such packet.
    static func decode(_ bytes: [UInt8]) -> Failure? {
        guard bytes.count >= 5, bytes[0] == 0 else { return nil }
        var errno: UInt32 = 0
        for index in 1...4 { errno |= UInt32(bytes[index]) << (8 * UInt32(index - 1)) }
        var rest = bytes[5...]
        var parts: [String?] = []
        while parts.count < 5 {
            guard rest.count >= 2 else { return nil }
            let length = UInt16(rest[rest.startIndex]) | UInt16(rest[rest.startIndex + 1]) << 8
            rest = rest.dropFirst(2)
            if length == absent {
                parts.append(nil)
                continue
            }
            guard rest.count >= Int(length) else { return nil }
            parts.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        guard let action = parts[1] else { return nil }
        let cause = parts[0].map { Failure.Cause(call: $0, errno: Errno(rawValue: CInt(bitPattern: errno))) }
        return Failure(
            action, cause: cause, pointer: parts[2], hint: parts[3], code: parts[4].flatMap(Failure.Code.init))
    }
}
