import CShim

/// A processor architecture, as the ELF header names it (elf(5), `e_machine`).
struct ELFMachine: Equatable {
    let number: UInt16

    /// The architecture that this runtime was built for, and so runs on.
    static var native: ELFMachine {
        #if arch(x86_64)
            ELFMachine(number: UInt16(EM_X86_64))
        #elseif arch(arm64)
            ELFMachine(number: UInt16(EM_AARCH64))
        #else
            #error("the number of this architecture in elf.h is missing")
        #endif
    }

    /// Its common name.
    var words: String {
        switch CInt(number) {
        case EM_386: "32-bit x86"
        case EM_MIPS: "MIPS"
        case EM_PPC: "32-bit PowerPC"
        case EM_PPC64: "64-bit PowerPC"
        case EM_S390: "S/390"
        case EM_ARM: "32-bit ARM"
        case EM_X86_64: "x86-64"
        case EM_AARCH64: "arm64"
        case EM_RISCV: "RISC-V"
        case EM_LOONGARCH: "LoongArch"
        default: "machine \(number)"
        }
    }
}

/// The facts in the first bytes of an ELF program (elf(5)).
struct ELFHeader: Equatable {
    let machine: ELFMachine
    /// The program that execve starts in its place, usually the dynamic loader (`PT_INTERP`). It is nil for a static
    /// program, for one of the other byte order, and if the name lies beyond the given bytes.
    let loader: String?

    /// - Returns: nil if the bytes do not begin with an ELF header.
    init?(_ head: [UInt8]) {
        guard head.count >= 20, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        let isBigEndian = CInt(head[Int(EI_DATA)]) == ELFDATA2MSB
        let raw = UInt16(head[18]) | UInt16(head[19]) << 8
        machine = ELFMachine(number: isBigEndian ? raw.byteSwapped : raw)
        loader = isBigEndian ? nil : Self.loader(head, is64Bit: CInt(head[Int(EI_CLASS)]) == ELFCLASS64)
    }

    private static func loader(_ head: [UInt8], is64Bit: Bool) -> String? {
        let wide = is64Bit ? 8 : 4
        guard let start = number(head, is64Bit ? 32 : 28, wide), start < head.count,
            let size = number(head, is64Bit ? 54 : 42, 2), let count = number(head, is64Bit ? 56 : 44, 2)
        else { return nil }
        for index in 0..<count {
            let entry = start + index * size
            guard let type = number(head, entry, 4) else { return nil }
            guard type == Int(PT_INTERP) else { continue }
            guard let offset = number(head, entry + wide, wide), offset < head.count else { return nil }
            let path = head[offset...].prefix { $0 != 0 }
            return path.endIndex < head.endIndex ? String(decoding: path, as: UTF8.self) : nil
        }
        return nil
    }

    /// Reads a little-endian number, the byte order of all machines that apus is built for; nil beyond the end.
    private static func number(_ head: [UInt8], _ offset: Int, _ size: Int) -> Int? {
        guard offset <= head.count - size else { return nil }
        var number: UInt64 = 0
        for index in 0..<size { number |= UInt64(head[offset + index]) << UInt64(8 * index) }
        return Int(exactly: number)
    }
}
