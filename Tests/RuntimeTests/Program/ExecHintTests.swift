import Base
import Foundation
import Testing

@testable import Runtime

@Suite("Why an existing program cannot be executed")
struct ExecHintTests {
    func hint(_ head: [UInt8], _ errno: Errno, isOnNoExec: Bool = false, there: Bool = false) -> String? {
        ExecHint(head: head, isOnNoExec: isOnNoExec, exists: { _ in there }).text(after: errno)
    }

    func script(_ line: String) -> [UInt8] { Array("\(line)\necho hi\n".utf8) }

    @Test(
        "a script",
        arguments: [
            ("#!/bin/bash", "its interpreter /bin/bash is not in the container"),
            ("#! \t/bin/bash -e", "its interpreter /bin/bash is not in the container"),
            ("#!/bin/sh\r", "its #! line ends in a carriage return, as Windows writes lines"),
            ("#!/usr/bin/env\r", "its #! line ends in a carriage return, as Windows writes lines"),
        ])
    func missingInterpreter(line: String, words: String) {
        #expect(hint(script(line), .ENOENT) == words)
    }

    @Test("a carriage return counts even if some file has that name")
    func carriageReturn() {
        #expect(hint(script("#!/bin/sh\r"), .ENOENT, there: true)?.contains("carriage return") == true)
        #expect(hint(script("#!/bin/sh"), .ENOENT, there: true) == nil)
    }

    @Test("a file in no format that the kernel knows")
    func format() {
        #expect(hint([], .ENOEXEC) == "it is empty")
        #expect(hint(script("echo"), .ENOEXEC) == "it is a script without a #! line")
        #expect(hint(script("\u{FEFF}#!/bin/sh"), .ENOEXEC) == "a byte order mark stands before its #!")
        #expect(hint([0, 1, 2, 3], .ENOEXEC) == "it is neither an ELF program nor a script")
        #expect(hint(script("#!"), .ENOEXEC) == "its #! line names no interpreter")
        #expect(hint(script("#!/data"), .ENOEXEC, there: true) == "its interpreter /data cannot be run here")
    }

    /// An ELF header of 64 bytes, one program header that names a loader, and the loader's path.
    func program(machine: UInt8, bits: UInt8 = 2, order: UInt8 = 1, loader: String? = nil) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 120)
        bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, bits, order])
        bytes[order == 1 ? 18 : 19] = machine
        bytes[32] = 64  // e_phoff
        bytes[54] = 56  // e_phentsize
        bytes[56] = 1  // e_phnum
        if let loader {
            bytes[64] = 3  // p_type: PT_INTERP
            bytes[72] = 120  // p_offset
            bytes += Array(loader.utf8) + [0]
        }
        return bytes
    }

    @Test("a program of another machine, and a damaged one of this machine")
    func machine() {
        let other: UInt8 = ELFMachine.native.number == 183 ? 62 : 183
        let words =
            "it is made for \(ELFMachine(number: UInt16(other)).words), this machine is \(ELFMachine.native.words)"
        #expect(hint(program(machine: other), .ENOEXEC) == words)
        #expect(hint(program(machine: 22, order: 2), .ENOEXEC)?.hasPrefix("it is made for S/390") == true)
        #expect(
            hint(program(machine: UInt8(ELFMachine.native.number)), .ENOEXEC)?.hasPrefix("its ELF header is damaged")
                == true)
    }

    @Test("a program whose loader does not exist")
    func loader() {
        let dynamic = program(machine: 62, loader: "/lib/ld-musl-x86_64.so.1")
        #expect(
            hint(dynamic, .ENOENT)
                == "its loader /lib/ld-musl-x86_64.so.1 is not in the container; it may be made for another C library")
        #expect(hint(dynamic, .ENOENT, there: true) == nil)
        #expect(hint(program(machine: 62), .ENOENT) == nil)
        // The name is cut off, so the hint claims nothing.
        #expect(hint(Array(dynamic.prefix(125)), .ENOENT) == nil)
    }

    @Test(
        "a lying header is not followed",
        arguments: [[UInt8](repeating: 0xFF, count: 100), [UInt8](repeating: 0, count: 14)])
    func lies(rest: [UInt8]) {
        #expect(ELFHeader([0x7F, 0x45, 0x4C, 0x46, 2, 1] + rest)?.loader == nil)
        #expect(ELFHeader([0x7F, 0x45, 0x4C, 0x46, 1, 1] + rest)?.loader == nil)
    }

    @Test("rights and sizes")
    func others() {
        #expect(hint(script("#!/bin/sh"), .EACCES, isOnNoExec: true) == "it is on a filesystem that is mounted noexec")
        #expect(hint(script("#!/bin/sh"), .EACCES, there: true) == "its interpreter /bin/sh may not be executed")
        #expect(hint(program(machine: 62), .EACCES) == nil)
        #expect(hint([], .E2BIG) == "the arguments and the environment are too long together")
        #expect(hint([], .ENOMEM) == nil)
    }

    @Test("real programs can be read, other files cannot")
    func files() throws {
        let shell = try #require(ExecHint(path: "/bin/sh"))
        #expect(shell.text(after: .ENOEXEC)?.hasPrefix("its ELF header is damaged") == true)
        #expect(shell.text(after: .ENOENT) == nil)
        #expect(ExecHint(path: "/etc") == nil)
        #expect(ExecHint(path: "/no/such") == nil)
        #expect(ExecHint(path: "/dev/null") == nil)
    }
}
