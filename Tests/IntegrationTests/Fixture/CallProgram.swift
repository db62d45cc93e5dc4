import Glibc

/// A program that makes one system call without arguments, and exits with its errno (0 on success). No C library stands
/// between the test and the kernel.
enum CallProgram {
    /// Writes the program for the call `number` of x86_64 to `path`.
    static func write(_ path: String, calling number: UInt32) throws {
        // mov eax, number; syscall; neg eax; mov edi, eax; mov eax, 60 (exit); syscall
        let code: [UInt8] =
            [0xB8] + little(number) + [0x0F, 0x05, 0xF7, 0xD8, 0x89, 0xC7, 0xB8, 60, 0, 0, 0, 0x0F, 0x05]
        let size = UInt64(120 + code.count)
        // e_type EXEC, e_machine X86_64, one program header behind this one, which loads the whole file
        let header: [UInt8] =
            ident(class: 2) + little(UInt16(2)) + little(UInt16(62)) + little(UInt32(1))
            + little(base + 120) + little(UInt64(64)) + little(UInt64(0)) + little(UInt32(0)) + little(UInt16(64))
            + little(UInt16(56)) + little(UInt16(1)) + [UInt8](repeating: 0, count: 6)
        let segment: [UInt8] =
            little(UInt32(1)) + little(UInt32(5)) + little(UInt64(0)) + little(base) + little(base) + little(size)
            + little(size) + little(UInt64(4096))
        try Files.write(path, header + segment + code, mode: 0o755)
    }

    /// The same for the call `number` of x86, as a program of 32 bits.
    static func writeShort(_ path: String, calling number: UInt32) throws {
        // mov eax, number; int 0x80; neg eax; mov ebx, eax; mov eax, 1 (exit); int 0x80
        let code: [UInt8] =
            [0xB8] + little(number) + [0xCD, 0x80, 0xF7, 0xD8, 0x89, 0xC3, 0xB8, 1, 0, 0, 0, 0xCD, 0x80]
        let size = UInt32(84 + code.count), base = UInt32(Self.base)
        let header: [UInt8] =
            ident(class: 1) + little(UInt16(2)) + little(UInt16(3)) + little(UInt32(1)) + little(base + 84)
            + little(UInt32(52)) + little(UInt32(0)) + little(UInt32(0)) + little(UInt16(52)) + little(UInt16(32))
            + little(UInt16(1)) + [UInt8](repeating: 0, count: 6)
        let segment: [UInt8] =
            little(UInt32(1)) + little(UInt32(0)) + little(base) + little(base) + little(size) + little(size)
            + little(UInt32(5)) + little(UInt32(4096))
        try Files.write(path, header + segment + code, mode: 0o755)
    }

    private static let base: UInt64 = 0x40_0000

    private static func ident(class bits: UInt8) -> [UInt8] {
        [0x7F, 0x45, 0x4C, 0x46, bits, 1, 1] + [UInt8](repeating: 0, count: 9)
    }

    private static func little<I: FixedWidthInteger>(_ number: I) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
